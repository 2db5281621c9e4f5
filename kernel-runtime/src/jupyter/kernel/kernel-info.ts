/** What the kernel says about itself. */
import { packageVersion } from '../../package.js';
import { PROTOCOL_VERSION, type Content } from './wire.js';

const version = packageVersion();

/** The content of kernel_info_reply. */
export const kernelInfo: Content = {
  status: 'ok',
  protocol_version: PROTOCOL_VERSION,
  implementation: 'decentlab',
  implementation_version: version,
  language_info: {
    name: 'typescript',
    version: '5.9.3',
    mimetype: 'text/typescript',
    file_extension: '.ts',
    codemirror_mode: { name: 'javascript', typescript: true },
    pygments_lexer: 'typescript',
    nbconvert_exporter: 'script'
  },
  banner: `DecentLab ${version}: TypeScript on Node ${process.versions.node}. Engines: Cluster.start({ engines: 4 }), then %%px.`,
  help_links: [
    { text: 'TypeScript', url: 'https://www.typescriptlang.org/docs/' },
    { text: 'TensorFlow.js', url: 'https://js.tensorflow.org/api/latest/' }
  ],
  supported_features: [],
  debugger: false
};
