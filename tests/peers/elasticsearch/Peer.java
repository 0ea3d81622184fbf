import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.codelibs.opensearch.runner.node.OpenSearchRunnerNode;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.plugins.Plugin;

/** One node on the loopback interface, in one process, until its standard input ends. */
public final class Peer {
    public static void main(String[] args) throws Exception {
        Path home = Path.of(args[0]);
        Path config = Files.createDirectories(home.resolve("config"));
        Settings settings = Settings.builder()
            .put("path.home", home.toString())
            .put("path.data", home.resolve("data").toString())
            .put("path.logs", Files.createDirectories(home.resolve("logs")).toString())
            .put("path.repo", Files.createDirectories(home.resolve("repo")).toString())
            .put("cluster.name", "peer")
            .put("node.name", "peer")
            .put("discovery.type", "single-node")
            .put("network.host", "127.0.0.1")
            .put("http.port", args[1])
            .put("transport.port", "0")
            .put("cluster.routing.allocation.disk.threshold_enabled", false)
            .put("node.attr.shard_indexing_pressure_enabled", false)
            .build();
        List<Class<? extends Plugin>> modules = List.of(
            org.opensearch.transport.Netty4Plugin.class,
            org.opensearch.analysis.common.CommonAnalysisPlugin.class,
            org.opensearch.index.mapper.MapperExtrasPlugin.class,
            org.opensearch.index.reindex.ReindexPlugin.class,
            org.opensearch.painless.PainlessPlugin.class);
        OpenSearchRunnerNode node = new OpenSearchRunnerNode(new Environment(settings, config), modules);
        node.start();
        while (System.in.read() >= 0) {
            // Whoever started it holds the other end.
        }
        node.close();
        System.exit(0);
    }
}
