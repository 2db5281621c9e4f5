/** How the ranks of one request ended, brought to one story: what concerns all is told on all with one text. */
import { describeError } from '../../errors.js';
import type { CellError } from '../protocol/cell.js';
import type { Reason } from '../protocol/reason.js';
import type { EngineCondition, EngineState } from '../protocol/state.js';
import type { Reply } from '../protocol/task.js';

/** What is known of the engine of a rank that was lost. */
export type LostEngine = Pick<EngineState, 'rank' | 'detail'> & {
  readonly condition: EngineCondition;
};

type ErrorReply = Extract<Reply, { status: 'error' }>;

/** The reply of a rank whose process is gone or silent, or has been replaced meanwhile. */
export function lostReply({ rank, condition, detail }: LostEngine): ErrorReply {
  const isSilent = condition === 'silent';
  if (condition !== 'lost' && !isSilent)
    return errorReply({ code: 'ENGINE_REPLACED', detail: { rank } });
  return errorReply({
    code: 'PEER_LOST',
    detail: { call: 'The cell', rank, how: detail, isSilent }
  });
}

/** A disagreement fails on every rank of its request, also where the cell had ended well. */
export function withDisagreement(reply: Reply, reason: Reason): Reply {
  const shared = errorReply(reason);
  if (reply.status === 'ok') return shared;
  const { error } = reply;
  if (error.code !== reason.code) return reply;
  return { status: 'error', error: withMessage(error, shared.error.message) };
}

/** A rank that only waited for one that needs a lost rank is told of the lost one. */
export function withLostRank(reply: Reply, lost: LostEngine): Reply {
  const isConsequence = reply.status === 'error' && reply.error.code === 'PEER_FAILED';
  if (!isConsequence) return reply;
  const { error } = lostReply(lost);
  return {
    status: 'error',
    error: { ...withMessage(reply.error, error.message), code: 'PEER_LOST' }
  };
}

function errorReply({ code, detail }: Reason): ErrorReply {
  const name = 'DecentLabError';
  const message = describeError(code, detail);
  return {
    status: 'error',
    error: { name, code, message, traceback: [`${name}: ${message}`] }
  };
}

/** The error with another message, also in its traceback. */
function withMessage(error: CellError, message: string): CellError {
  const traceback = error.traceback.join('\n').replaceAll(error.message, message).split('\n');
  return { ...error, message, traceback };
}
