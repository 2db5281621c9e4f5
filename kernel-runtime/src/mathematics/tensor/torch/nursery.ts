/**
 * Tensors that nobody disposes of go with the objects that stand for them. To be told of a collected object costs V8 more
 * than a small operator takes, and most tensors are disposed of soon: so only those that have outlived some others are tied.
 */
import type { Addon, Handle } from './addon.js';

/**
 * So many tensors, or bytes of them, wait at most: what is let go of without `dispose` is kept for no longer than that. A
 * training step, which gives all back at its end, makes some hundred.
 */
const MOST = 512;
const MOST_BYTES = 1 << 26;
/** The place of the bytes in the addon's description. */
const BYTES = 1;

const owners: object[] = [];
const handles: Handle[] = [];
let bytes = 0;

/** The tensor that the addon has made last belongs to `owner` and goes with it, unless it is released sooner. */
export function giveTo(owner: object, handle: Handle, addon: Addon): void {
  owners.push(owner);
  handles.push(handle);
  bytes += addon.description[BYTES];
  if (owners.length >= MOST || bytes >= MOST_BYTES) tieAll(addon);
}

/** Ties those that wait: from now on they go as soon as their objects are collected. */
export function tieAll(addon: Addon): void {
  addon.guard(owners, handles);
  owners.length = 0;
  handles.length = 0;
  bytes = 0;
}
