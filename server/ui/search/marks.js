// Highlights: the node escapes the text for HTML and puts `<em>` around matches; here both become text nodes.
import { h } from '../base/dom.js';

const ENTITIES = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#x27;': "'", '&#39;': "'", '&#x2F;': '/' };

const plain = (text) => text.replace(/&(?:amp|lt|gt|quot|#x27|#39|#x2F);/g, (entity) => ENTITIES[entity]);

/** The nodes of a highlighted text. */
export function marked(html) {
  return html.split(/<em>(.*?)<\/em>/s).map((part, index) => (index % 2 === 1 ? h('mark', {}, plain(part)) : plain(part)))
    .filter((part) => part !== '');
}
