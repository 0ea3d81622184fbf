//! The family's routes: a line for each.
//!
//! `name "path" "method" (parts of the path) body access pool handler "operation" "summary";` where the body
//! is `none`, `json` or `lines`, the access is what the route needs ([`Access`]), and the pool is where the
//! handler runs.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use engine::budget::Share;
use engine::pool::PoolError;
use engine::request::Bounds;
use parking_lot::Mutex;
use poem::Request;
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;

use super::body::{EsBody, EsNothing};
use super::call::Call;
use super::error::EsError;
use super::reply::{EsAnswer, Reply};
use super::{
    aliases, bulk, by_query, cat, contexts, documents, indices, mget, node, nodes, reads, search,
    snapshots, stats, tasks, templates,
};
use crate::app::App;
use crate::http::service::Tag;
use crate::http::{Access, Declared, Declares, Family};

/// The family's routes.
#[derive(Debug, Clone, Copy)]
pub struct EsApi;

type Handler = fn(&Call) -> Result<Reply, EsError>;

/// Where a handler runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    /// With other reads.
    Search,
    /// With reads that are many in one.
    Heavy,
    /// With operations on many documents.
    Long,
    /// With writes.
    Write,
}

async fn answer(
    app: &Arc<App>,
    request: &Request,
    path: Vec<(&'static str, String)>,
    body: Result<Bytes, EsError>,
    side: Side,
    handler: Handler,
) -> EsAnswer {
    let bytes = match body {
        Ok(bytes) => bytes,
        Err(error) => return EsAnswer::error(None, &error),
    };
    let uri = request.original_uri();
    let query = super::query::pairs(uri.query().unwrap_or_default());
    // Clients that cannot send a body with a GET send it as a parameter.
    let given = query.iter().find(|(name, _)| name == "source");
    let body = match given {
        Some((_, source)) if bytes.is_empty() => source.clone().into(),
        _ => bytes,
    };
    let call = Call {
        app: Arc::clone(app),
        path,
        route: uri.path().to_owned(),
        query,
        body,
        expression: OnceLock::new(),
        bounds: bounds(app),
        values: Mutex::new(app.bodies.charge(match side {
            Side::Search => Share::Whole,
            Side::Heavy | Side::Long | Side::Write => Share::Large,
        })),
        reads: side != Side::Write,
    };
    tasks::wait(&call).await;
    let pool = match side {
        Side::Search => &app.es_pool,
        Side::Heavy => &app.heavy_pool,
        Side::Long => &app.long_pool,
        Side::Write => &app.write_pool,
    };
    let job = pool.submit(move || {
        // The time in the queue is not the request's.
        let call = Call {
            bounds: bounds(&call.app),
            ..call
        };
        let result = handler(&call);
        EsAnswer::of(&call, result)
    });
    let failed = |error: PoolError| EsAnswer::error(None, &error.into());
    match job {
        Ok(job) => job.await.unwrap_or_else(failed),
        Err(error) => failed(error),
    }
}

/// What a read may cost.
fn bounds(app: &App) -> Bounds {
    let limits = &app.settings.limits;
    Bounds::sharing(limits.query_timeout, limits.max_answer_bytes, &app.answers)
}

macro_rules! routes {
    ($($name:ident $path:tt $method:tt ($($part:ident)*) $body:ident $access:ident $side:ident $handler:path, $operation:tt $summary:tt;)*) => {
        #[OpenApi(tag = "Tag::Elasticsearch")]
        impl EsApi {
            $(
                #[doc = $summary]
                #[oai(path = $path, method = $method, operation_id = $operation)]
                async fn $name(
                    &self,
                    app: Data<&Arc<App>>,
                    request: &Request,
                    $($part: Path<String>,)*
                    body: routes!(@body $body $side),
                ) -> EsAnswer {
                    let parts = vec![$((stringify!($part), $part.0)),*];
                    answer(&app, request, parts, body.0, Side::$side, $handler).await
                }
            )*
        }

        impl Declares for EsApi {
            const ROUTES: &'static [Declared] = &[
                $(Declared::new(Family::Other, $operation, Access::$access),)*
            ];
        }
    };
    (@body none $side:ident) => { EsNothing };
    (@body json Write) => { EsBody };
    (@body json $side:ident) => { EsBody<false, true> };
    (@body lines $side:ident) => { EsBody<true> };
}

routes! {
    root "/" "get" () none Read Search node::root, "esRoot" "The node and the version that it is compatible with";
    ping "/" "head" () none Read Search node::ping, "esPing" "Whether the node is there";
    cluster_health "/_cluster/health" "get" () none Read Search node::health, "esClusterHealth" "The health of the cluster of one node";
    cluster_health_index "/_cluster/health/:index" "get" (index) none Read Search node::health, "esClusterHealthIndex" "The health of some indices";
    cluster_settings "/_cluster/settings" "get" () none Read Search node::cluster_settings, "esClusterSettings" "The settings of the cluster";
    put_cluster_settings "/_cluster/settings" "put" () json Write Write node::put_cluster_settings, "esPutClusterSettings" "Set settings of the cluster: there are none";
    cluster_stats "/_cluster/stats" "get" () none Read Search node::cluster_stats, "esClusterStats" "The cluster in numbers";
    cluster_state "/_cluster/state" "get" () none Read Search node::cluster_state, "esClusterState" "The state of the cluster";
    nodes "/_nodes" "get" () none Read Search node::nodes, "esNodes" "The node";
    nodes_http "/_nodes/http" "get" () none Read Search node::nodes, "esNodesHttp" "The node's address";
    nodes_local "/_nodes/_local" "get" () none Read Search node::nodes, "esNodesLocal" "The node";
    nodes_stats "/_nodes/stats" "get" () none Read Search node::nodes_stats, "esNodesStats" "The node in numbers";
    nodes_part "/_nodes/:node" "get" (node) none Read Search nodes::parts, "esNodesPart" "Some nodes, or parts of what is told of them";
    nodes_parts "/_nodes/:node/:metric" "get" (node metric) none Read Search nodes::parts, "esNodesParts" "Parts of what is told of some nodes";
    nodes_stats_parts "/_nodes/:node/:metric/:part" "get" (node metric part) none Read Search nodes::parts, "esNodesStatsParts" "Parts of the numbers of some nodes";
    license "/_license" "get" () none Read Search node::license, "esLicense" "The licence that clients look for";
    tasks "/_tasks" "get" () none Read Search tasks::list, "esTasks" "Operations that run";
    task "/_tasks/:task_id" "get" (task_id) none Read Search tasks::get, "esTask" "An operation that runs, or what one came to";
    cancel_tasks "/_tasks/_cancel" "post" () none Write Write tasks::cancel_all, "esCancelTasks" "Stop operations that run";
    cancel_task "/_tasks/:task_id/_cancel" "post" (task_id) none Write Write tasks::cancel, "esCancelTask" "Stop an operation";
    rethrottle_reindex "/_reindex/:task_id/_rethrottle" "post" (task_id) none Write Write tasks::rethrottle, "esRethrottleReindex" "Change how fast documents are copied";
    rethrottle_update "/_update_by_query/:task_id/_rethrottle" "post" (task_id) none Write Write tasks::rethrottle, "esRethrottleUpdate" "Change how fast documents are written again";
    rethrottle_delete "/_delete_by_query/:task_id/_rethrottle" "post" (task_id) none Write Write tasks::rethrottle, "esRethrottleDelete" "Change how fast documents are deleted";
    cat "/_cat" "get" () none Read Search cat::list, "esCat" "The tables";
    cat_indices "/_cat/indices" "get" () none Read Search cat::indices, "esCatIndices" "Table of indices";
    cat_indices_index "/_cat/indices/:index" "get" (index) none Read Search cat::indices, "esCatIndicesIndex" "Table of indices of some indices";
    cat_count "/_cat/count" "get" () none Read Search cat::count, "esCatCount" "Table of count";
    cat_count_index "/_cat/count/:index" "get" (index) none Read Search cat::count, "esCatCountIndex" "Table of count of some indices";
    cat_health "/_cat/health" "get" () none Read Search cat::health, "esCatHealth" "Table of health";
    cat_aliases "/_cat/aliases" "get" () none Read Search cat::aliases, "esCatAliases" "Table of aliases";
    cat_shards "/_cat/shards" "get" () none Read Search cat::shards, "esCatShards" "Table of shards";
    cat_shards_index "/_cat/shards/:index" "get" (index) none Read Search cat::shards, "esCatShardsIndex" "Table of shards of some indices";
    cat_nodes "/_cat/nodes" "get" () none Read Search cat::nodes, "esCatNodes" "Table of nodes";
    cat_segments "/_cat/segments" "get" () none Read Search cat::segments, "esCatSegments" "Table of segments";
    cat_segments_index "/_cat/segments/:index" "get" (index) none Read Search cat::segments, "esCatSegmentsIndex" "Table of segments of some indices";
    cat_aliases_name "/_cat/aliases/:name" "get" (name) none Read Search cat::aliases, "esCatAliasesName" "Table of some aliases";
    cat_templates "/_cat/templates" "get" () none Read Search cat::templates, "esCatTemplates" "Table of templates";
    cat_templates_name "/_cat/templates/:name" "get" (name) none Read Search cat::templates, "esCatTemplatesName" "Table of some templates";
    cat_plugins "/_cat/plugins" "get" () none Read Search cat::nothing, "esCatPlugins" "Table of plugins: none";
    stats "/_stats" "get" () none Read Search stats::stats, "esStats" "What indices hold and have done";
    stats_metric "/_stats/:metric" "get" (metric) none Read Search stats::stats, "esStatsMetric" "Some statistics";
    stats_index_metric "/:index/_stats/:metric" "get" (index metric) none Read Search stats::stats, "esStatsIndexMetric" "Some statistics of some indices";
    segments "/_segments" "get" () none Read Search stats::segments, "esSegments" "Segments";
    get_mapping "/_mapping" "get" () none Read Search indices::get_mapping, "esGetMapping" "Mappings";
    get_mappings "/_mappings" "get" () none Read Search indices::get_mapping, "esGetMappings" "Mappings";
    get_field_mapping "/_mapping/field/:fields" "get" (fields) none Read Search indices::get_field_mapping, "esGetFieldMapping" "Mappings of some fields";
    get_settings "/_settings" "get" () none Read Search indices::get_settings, "esGetSettings" "Settings";
    get_settings_name "/_settings/:name" "get" (name) none Read Search indices::get_settings, "esGetSettingsName" "Some settings";
    put_settings "/_settings" "put" () json Write Write indices::put_settings, "esPutSettings" "Change settings that can change";
    get_alias "/_alias" "get" () none Read Search aliases::get_alias, "esGetAlias" "Aliases";
    get_alias_name "/_alias/:name" "get" (name) none Read Search aliases::get_alias, "esGetAliasName" "Some aliases";
    alias_exists "/_alias/:name" "head" (name) none Read Search aliases::alias_exists, "esAliasExists" "Whether an alias is there";
    refresh_get "/_refresh" "get" () none Write Write indices::refresh, "esRefreshGet" "Make all writes searchable";
    flush_get "/_flush" "get" () none Write Write indices::flush, "esFlushGet" "Commit";
    refresh_post "/_refresh" "post" () none Write Write indices::refresh, "esRefreshPost" "Make all writes searchable";
    flush_post "/_flush" "post" () none Write Write indices::flush, "esFlushPost" "Commit";
    forcemerge "/_forcemerge" "post" () none Write Write indices::force_merge, "esForcemerge" "Merge segments into one";
    clear_cache "/_cache/clear" "post" () none Write Search indices::clear_cache, "esClearCache" "Clear caches: there are none that could be stale";
    analyze_get "/_analyze" "get" () json Read Search templates::analyze, "esAnalyzeGet" "Show how a text is analyzed";
    field_caps_get "/_field_caps" "get" () json Read Search templates::field_caps, "esFieldCapsGet" "What fields there are, by type";
    search_get "/_search" "get" () json Read Search search::search, "esSearchGet" "Search";
    msearch_get "/_msearch" "get" () lines Read Heavy search::msearch, "esMsearchGet" "Several searches";
    count_get "/_count" "get" () json Read Search search::count, "esCountGet" "Count what matches";
    validate_get "/_validate/query" "get" () json Read Search search::validate, "esValidateGet" "Check a query";
    mget_get "/_mget" "get" () json Read Heavy mget::mget, "esMgetGet" "Several documents by id";
    analyze_post "/_analyze" "post" () json Read Search templates::analyze, "esAnalyzePost" "Show how a text is analyzed";
    field_caps_post "/_field_caps" "post" () json Read Search templates::field_caps, "esFieldCapsPost" "What fields there are, by type";
    search_post "/_search" "post" () json Read Search search::search, "esSearchPost" "Search";
    msearch_post "/_msearch" "post" () lines Read Heavy search::msearch, "esMsearchPost" "Several searches";
    count_post "/_count" "post" () json Read Search search::count, "esCountPost" "Count what matches";
    validate_post "/_validate/query" "post" () json Read Search search::validate, "esValidatePost" "Check a query";
    mget_post "/_mget" "post" () json Read Heavy mget::mget, "esMgetPost" "Several documents by id";
    bulk_post "/_bulk" "post" () lines Write Write bulk::bulk, "esBulkPost" "Many writes: a line for the action, a line for the document";
    bulk_put "/_bulk" "put" () lines Write Write bulk::bulk, "esBulkPut" "Many writes: a line for the action, a line for the document";
    stats_index "/:index/_stats" "get" (index) none Read Search stats::stats, "esStatsIndex" "What some indices hold and have done";
    segments_index "/:index/_segments" "get" (index) none Read Search stats::segments, "esSegmentsIndex" "Segments";
    get_mapping_index "/:index/_mapping" "get" (index) none Read Search indices::get_mapping, "esGetMappingIndex" "Mappings";
    get_mappings_index "/:index/_mappings" "get" (index) none Read Search indices::get_mapping, "esGetMappingsIndex" "Mappings";
    put_mappings_index "/:index/_mappings" "put" (index) json Write Write indices::put_mapping, "esPutMappingsIndex" "Add fields to a mapping";
    get_field_mapping_index "/:index/_mapping/field/:fields" "get" (index fields) none Read Search indices::get_field_mapping, "esGetFieldMappingIndex" "Mappings of some fields";
    get_settings_index "/:index/_settings" "get" (index) none Read Search indices::get_settings, "esGetSettingsIndex" "Settings";
    get_settings_name_index "/:index/_settings/:name" "get" (index name) none Read Search indices::get_settings, "esGetSettingsNameIndex" "Some settings";
    put_settings_index "/:index/_settings" "put" (index) json Write Write indices::put_settings, "esPutSettingsIndex" "Change settings that can change";
    get_alias_index "/:index/_alias" "get" (index) none Read Search aliases::get_alias, "esGetAliasIndex" "Aliases";
    get_alias_name_index "/:index/_alias/:name" "get" (index name) none Read Search aliases::get_alias, "esGetAliasNameIndex" "Some aliases";
    alias_exists_index "/:index/_alias/:name" "head" (index name) none Read Search aliases::alias_exists, "esAliasExistsIndex" "Whether an alias is there";
    refresh_get_index "/:index/_refresh" "get" (index) none Write Write indices::refresh, "esRefreshGetIndex" "Make all writes searchable";
    flush_get_index "/:index/_flush" "get" (index) none Write Write indices::flush, "esFlushGetIndex" "Commit";
    refresh_post_index "/:index/_refresh" "post" (index) none Write Write indices::refresh, "esRefreshPostIndex" "Make all writes searchable";
    flush_post_index "/:index/_flush" "post" (index) none Write Write indices::flush, "esFlushPostIndex" "Commit";
    forcemerge_index "/:index/_forcemerge" "post" (index) none Write Write indices::force_merge, "esForcemergeIndex" "Merge segments into one";
    clear_cache_index "/:index/_cache/clear" "post" (index) none Write Search indices::clear_cache, "esClearCacheIndex" "Clear caches: there are none that could be stale";
    analyze_get_index "/:index/_analyze" "get" (index) json Read Search templates::analyze, "esAnalyzeGetIndex" "Show how a text is analyzed";
    field_caps_get_index "/:index/_field_caps" "get" (index) json Read Search templates::field_caps, "esFieldCapsGetIndex" "What fields there are, by type";
    search_get_index "/:index/_search" "get" (index) json Read Search search::search, "esSearchGetIndex" "Search";
    msearch_get_index "/:index/_msearch" "get" (index) lines Read Heavy search::msearch, "esMsearchGetIndex" "Several searches";
    count_get_index "/:index/_count" "get" (index) json Read Search search::count, "esCountGetIndex" "Count what matches";
    validate_get_index "/:index/_validate/query" "get" (index) json Read Search search::validate, "esValidateGetIndex" "Check a query";
    mget_get_index "/:index/_mget" "get" (index) json Read Heavy mget::mget, "esMgetGetIndex" "Several documents by id";
    analyze_post_index "/:index/_analyze" "post" (index) json Read Search templates::analyze, "esAnalyzePostIndex" "Show how a text is analyzed";
    field_caps_post_index "/:index/_field_caps" "post" (index) json Read Search templates::field_caps, "esFieldCapsPostIndex" "What fields there are, by type";
    search_post_index "/:index/_search" "post" (index) json Read Search search::search, "esSearchPostIndex" "Search";
    msearch_post_index "/:index/_msearch" "post" (index) lines Read Heavy search::msearch, "esMsearchPostIndex" "Several searches";
    count_post_index "/:index/_count" "post" (index) json Read Search search::count, "esCountPostIndex" "Count what matches";
    validate_post_index "/:index/_validate/query" "post" (index) json Read Search search::validate, "esValidatePostIndex" "Check a query";
    mget_post_index "/:index/_mget" "post" (index) json Read Heavy mget::mget, "esMgetPostIndex" "Several documents by id";
    bulk_post_index "/:index/_bulk" "post" (index) lines Write Write bulk::bulk, "esBulkPostIndex" "Many writes: a line for the action, a line for the document";
    bulk_put_index "/:index/_bulk" "put" (index) lines Write Write bulk::bulk, "esBulkPutIndex" "Many writes: a line for the action, a line for the document";
    put_mapping "/:index/_mapping" "put" (index) json Write Write indices::put_mapping, "esPutMapping" "Add fields to a mapping";
    post_mapping "/:index/_mapping" "post" (index) json Write Write indices::put_mapping, "esPostMapping" "Add fields to a mapping";
    put_alias_put "/:index/_alias/:name" "put" (index name) json Write Write aliases::put_alias, "esPutAliasPut" "Let an alias point at indices";
    put_alias_post "/:index/_alias/:name" "post" (index name) json Write Write aliases::put_alias, "esPutAliasPost" "Let an alias point at indices";
    delete_alias "/:index/_alias/:name" "delete" (index name) none Write Write aliases::delete_alias, "esDeleteAlias" "Take an alias away";
    put_aliases_put "/:index/_aliases/:name" "put" (index name) json Write Write aliases::put_alias, "esPutAliasesPut" "Let an alias point at indices";
    put_aliases_post "/:index/_aliases/:name" "post" (index name) json Write Write aliases::put_alias, "esPutAliasesPost" "Let an alias point at indices";
    delete_aliases "/:index/_aliases/:name" "delete" (index name) none Write Write aliases::delete_alias, "esDeleteAliases" "Take an alias away";
    update_aliases "/_aliases" "post" () json Write Write aliases::update_aliases, "esUpdateAliases" "Change aliases, all at once";
    get_aliases "/_aliases" "get" () none Read Search aliases::get_alias, "esGetAliases" "All aliases";
    open_index "/:index/_open" "post" (index) none Write Write indices::open, "esOpenIndex" "Open a closed index";
    close_index "/:index/_close" "post" (index) none Write Write indices::close, "esCloseIndex" "Close an index";
    create_index "/:index" "put" (index) json Write Write indices::create, "esCreateIndex" "Make an index";
    delete_index "/:index" "delete" (index) none Write Write indices::delete, "esDeleteIndex" "Delete indices";
    get_index "/:index" "get" (index) none Read Search indices::get, "esGetIndex" "Aliases, mappings and settings";
    index_exists "/:index" "head" (index) none Read Search indices::exists, "esIndexExists" "Whether indices are there";
    get_index_templates "/_index_template" "get" () none Read Search templates::get, "esGetIndexTemplates" "All templates";
    get_index_template "/_index_template/:name" "get" (name) none Read Search templates::get, "esGetIndexTemplate" "A template";
    index_template_exists "/_index_template/:name" "head" (name) none Read Search templates::exists, "esIndexTemplateExists" "Whether a template is there";
    put_index_template "/_index_template/:name" "put" (name) json Write Write templates::put, "esPutIndexTemplate" "Keep a template";
    post_index_template "/_index_template/:name" "post" (name) json Write Write templates::put, "esPostIndexTemplate" "Keep a template";
    delete_index_template "/_index_template/:name" "delete" (name) none Write Write templates::delete, "esDeleteIndexTemplate" "Delete a template";
    get_component_templates "/_component_template" "get" () none Read Search templates::get, "esGetComponentTemplates" "All templates";
    get_component_template "/_component_template/:name" "get" (name) none Read Search templates::get, "esGetComponentTemplate" "A template";
    component_template_exists "/_component_template/:name" "head" (name) none Read Search templates::exists, "esComponentTemplateExists" "Whether a template is there";
    put_component_template "/_component_template/:name" "put" (name) json Write Write templates::put, "esPutComponentTemplate" "Keep a template";
    post_component_template "/_component_template/:name" "post" (name) json Write Write templates::put, "esPostComponentTemplate" "Keep a template";
    delete_component_template "/_component_template/:name" "delete" (name) none Write Write templates::delete, "esDeleteComponentTemplate" "Delete a template";
    get_legacy_templates "/_template" "get" () none Read Search templates::get, "esGetLegacyTemplates" "All templates";
    get_legacy_template "/_template/:name" "get" (name) none Read Search templates::get, "esGetLegacyTemplate" "A template";
    legacy_template_exists "/_template/:name" "head" (name) none Read Search templates::exists, "esLegacyTemplateExists" "Whether a template is there";
    put_legacy_template "/_template/:name" "put" (name) json Write Write templates::put, "esPutLegacyTemplate" "Keep a template";
    post_legacy_template "/_template/:name" "post" (name) json Write Write templates::put, "esPostLegacyTemplate" "Keep a template";
    delete_legacy_template "/_template/:name" "delete" (name) none Write Write templates::delete, "esDeleteLegacyTemplate" "Delete a template";
    simulate_template "/_index_template/_simulate" "post" () json Read Search templates::simulate_template, "esSimulateTemplate" "What a template comes to";
    simulate_template_name "/_index_template/_simulate/:name" "post" (name) json Read Search templates::simulate_template, "esSimulateTemplateName" "What a template that is kept comes to";
    simulate_index "/_index_template/_simulate_index/:name" "post" (name) json Read Search templates::simulate, "esSimulateIndex" "What an index of a name would be";
    index_document_put "/:index/_doc/:id" "put" (index id) json Write Write documents::put, "esIndexDocumentPut" "Put a document in place";
    create_document_put "/:index/_create/:id" "put" (index id) json Write Write documents::put, "esCreateDocumentPut" "Put a new document in place";
    index_document_post "/:index/_doc/:id" "post" (index id) json Write Write documents::put, "esIndexDocumentPost" "Put a document in place";
    create_document_post "/:index/_create/:id" "post" (index id) json Write Write documents::put, "esCreateDocumentPost" "Put a new document in place";
    index_document "/:index/_doc" "post" (index) json Write Write documents::put, "esIndexDocument" "Add a document";
    get_document "/:index/_doc/:id" "get" (index id) none Read Search reads::get, "esGetDocument" "A document";
    document_exists "/:index/_doc/:id" "head" (index id) none Read Search reads::exists, "esDocumentExists" "Whether a document is there";
    delete_document "/:index/_doc/:id" "delete" (index id) none Write Write documents::delete, "esDeleteDocument" "Delete a document";
    get_source "/:index/_source/:id" "get" (index id) none Read Search reads::get_source, "esGetSource" "A document without what surrounds it";
    source_exists "/:index/_source/:id" "head" (index id) none Read Search reads::exists, "esSourceExists" "Whether a document is there";
    update_document "/:index/_update/:id" "post" (index id) json Write Write documents::update, "esUpdateDocument" "Change a document";
    explain_get "/:index/_explain/:id" "get" (index id) json Read Search search::explain, "esExplainGet" "Why a document matches";
    scroll_get "/_search/scroll" "get" () json Read Search contexts::scroll, "esScrollGet" "The next page of a scroll";
    scroll_get_id "/_search/scroll/:scroll_id" "get" (scroll_id) json Read Search contexts::scroll, "esScrollGetId" "The next page of a scroll";
    explain_post "/:index/_explain/:id" "post" (index id) json Read Search search::explain, "esExplainPost" "Why a document matches";
    scroll_post "/_search/scroll" "post" () json Read Search contexts::scroll, "esScrollPost" "The next page of a scroll";
    scroll_post_id "/_search/scroll/:scroll_id" "post" (scroll_id) json Read Search contexts::scroll, "esScrollPostId" "The next page of a scroll";
    clear_scroll "/_search/scroll" "delete" () json Read Search contexts::clear_scroll, "esClearScroll" "End scrolls";
    clear_scroll_id "/_search/scroll/:scroll_id" "delete" (scroll_id) json Read Search contexts::clear_scroll, "esClearScrollId" "End a scroll";
    open_pit "/:index/_pit" "post" (index) json Read Search contexts::open_pit, "esOpenPit" "Keep a point in time";
    close_pit "/_pit" "delete" () json Read Search contexts::close_pit, "esClosePit" "End a point in time";
    open_point_in_time "/:index/_search/point_in_time" "post" (index) json Read Search contexts::open_pit, "esOpenPointInTime" "Keep a point in time, as OpenSearch has it";
    close_point_in_time "/_search/point_in_time" "delete" () json Read Search contexts::close_pit, "esClosePointInTime" "End points in time, as OpenSearch has it";
    delete_by_query "/:index/_delete_by_query" "post" (index) json Write Long by_query::delete, "esDeleteByQuery" "Delete what matches";
    update_by_query "/:index/_update_by_query" "post" (index) json Write Long by_query::update, "esUpdateByQuery" "Write what matches again";
    reindex "/_reindex" "post" () json Write Long by_query::reindex, "esReindex" "Copy documents to another index";
    put_repository "/_snapshot/:repository" "put" (repository) json Write Write snapshots::put_repository, "esPutRepository" "Register a repository";
    put_snapshot "/_snapshot/:repository/:snapshot" "put" (repository snapshot) json Write Write snapshots::create, "esPutSnapshot" "Make a snapshot";
    post_repository "/_snapshot/:repository" "post" (repository) json Write Write snapshots::put_repository, "esPostRepository" "Register a repository";
    post_snapshot "/_snapshot/:repository/:snapshot" "post" (repository snapshot) json Write Write snapshots::create, "esPostSnapshot" "Make a snapshot";
    get_repositories "/_snapshot" "get" () none Read Search snapshots::get_repository, "esGetRepositories" "All repositories";
    get_repository "/_snapshot/:repository" "get" (repository) none Read Search snapshots::get_repository, "esGetRepository" "A repository";
    delete_repository "/_snapshot/:repository" "delete" (repository) none Write Write snapshots::delete_repository, "esDeleteRepository" "Forget a repository";
    verify_repository "/_snapshot/:repository/_verify" "post" (repository) none Write Write snapshots::verify_repository, "esVerifyRepository" "Look whether a repository can be used";
    cleanup_repository "/_snapshot/:repository/_cleanup" "post" (repository) none Write Write snapshots::cleanup, "esCleanupRepository" "Delete blobs that no snapshot needs";
    snapshot_status_all "/_snapshot/_status" "get" () none Read Search snapshots::status, "esSnapshotStatusAll" "Snapshots that are being made";
    snapshot_status_repository "/_snapshot/:repository/_status" "get" (repository) none Read Search snapshots::status, "esSnapshotStatusRepository" "Snapshots that are being made";
    snapshot_status "/_snapshot/:repository/:snapshot/_status" "get" (repository snapshot) none Read Search snapshots::status, "esSnapshotStatus" "How far a snapshot is";
    get_snapshot "/_snapshot/:repository/:snapshot" "get" (repository snapshot) none Read Search snapshots::get, "esGetSnapshot" "Snapshots";
    delete_snapshot "/_snapshot/:repository/:snapshot" "delete" (repository snapshot) none Write Write snapshots::delete, "esDeleteSnapshot" "Delete a snapshot";
    restore_snapshot "/_snapshot/:repository/:snapshot/_restore" "post" (repository snapshot) json Write Write snapshots::restore, "esRestoreSnapshot" "Bring indices of a snapshot back";
    cat_repositories "/_cat/repositories" "get" () none Read Search cat::repositories, "esCatRepositories" "Table of repositories";
    cat_snapshots_all "/_cat/snapshots" "get" () none Read Search cat::snapshots, "esCatSnapshotsAll" "Table of snapshots";
    cat_snapshots "/_cat/snapshots/:repository" "get" (repository) none Read Search cat::snapshots, "esCatSnapshots" "Table of snapshots";
}
