/**
 * The shortcut of ResNets for CIFAR where the size halves and the channels double: every second pixel, and zeros for the
 * new channels ("option A" of He et al. 2016), so that a shortcut has no parameters.
 */
import type { layers, Tensor, Tensor4D } from '@tensorflow/tfjs';
import type { Tensorflow } from '../../tensor/tensorflow.js';

type Layer = layers.Layer;
type ShortcutLayer = new (config: { channels: number }) => Layer;

let known: ShortcutLayer | undefined;

/** The layer from [batch, h, w, c] to [batch, h / 2, w / 2, channels], for even h and w. */
export function identityShortcut(tf: Tensorflow, channels: number): Layer {
  known ??= shortcutClass(tf);
  return new known({ channels });
}

/** The class is made when TensorFlow.js, whose class it extends, has been loaded. */
function shortcutClass(tf: Tensorflow): ShortcutLayer {
  class IdentityShortcut extends tf.layers.Layer {
    static readonly className = 'IdentityShortcut';
    readonly #channels: number;

    constructor(config: { channels: number; name?: string }) {
      super(config);
      this.#channels = config.channels;
    }

    override computeOutputShape([batch, h, w]: number[]): number[] {
      return [batch, h / 2, w / 2, this.#channels];
    }

    override call(inputs: Tensor | Tensor[]): Tensor {
      const x = (Array.isArray(inputs) ? inputs[0] : inputs) as Tensor4D;
      return tf.tidy(() => {
        const more = this.#channels - x.shape[3];
        const before = more >> 1;
        const padding: [number, number][] = [
          [0, 0],
          [0, 0],
          [0, 0],
          [before, more - before]
        ];
        return tf.pad(everySecondPixel(tf, x), padding);
      });
    }

    override getConfig(): ReturnType<Layer['getConfig']> {
      return { ...super.getConfig(), channels: this.#channels };
    }
  }
  tf.serialization.registerClass(IdentityShortcut);
  return IdentityShortcut;
}

/** By reshapes and slices, which have gradients on every backend; a strided slice has none. */
function everySecondPixel(tf: Tensorflow, x: Tensor4D): Tensor4D {
  const [batch, h, w, c] = x.shape;
  const rows = tf.slice(tf.reshape(x, [(batch * h) / 2, 2, w * c]), [0, 0, 0], [-1, 1, -1]);
  const pixels = tf.slice(tf.reshape(rows, [(batch * h * w) / 4, 2, c]), [0, 0, 0], [-1, 1, -1]);
  return tf.reshape(pixels, [batch, h / 2, w / 2, c]);
}
