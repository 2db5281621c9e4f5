/** The lanes by name, order and look: each has a place and a pattern of its own, so that colour is never needed. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { SpanKind } from '../clusters/state.js';

/** From top to bottom in the band of a rank. Reductions are no lane: they belong to calls. */
export const laneKinds = ['compute', 'activity', 'wait', 'send'] as const;
export type LaneKind = (typeof laneKinds)[number];

/** The theme's variable that paints each lane. */
export const laneVariables: Record<LaneKind, string> = {
  compute: '--jp-brand-color1',
  activity: '--jp-info-color0',
  wait: '--jp-warn-color1',
  send: '--jp-success-color1'
};

/** The name of a kind of work in the user's language. */
export function laneWord(kind: SpanKind, trans: TranslationBundle): string {
  switch (kind) {
    case 'compute':
      return trans.__('compute');
    case 'activity':
      return trans.__('activity');
    case 'wait':
      return trans.__('wait');
    case 'send':
      return trans.__('send');
    case 'reduce':
      return trans.__('reduce');
  }
}
