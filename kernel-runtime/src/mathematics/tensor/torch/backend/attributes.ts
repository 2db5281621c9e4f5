/** The attributes of TensorFlow.js's kernels that ours read; each kernel has some of them. */
type Padding = 'valid' | 'same' | number | [[0, 0], [number, number], [number, number], [0, 0]];

export interface Attributes {
  readonly activation?: string;
  readonly alpha?: number;
  readonly axis?: number | readonly number[];
  readonly batchDims?: number;
  readonly begin?: number | number[];
  readonly clipValueMax?: number;
  readonly clipValueMin?: number;
  readonly constantValue?: number;
  readonly dataFormat?: string;
  readonly depth?: number;
  readonly dilations?: number | [number, number];
  readonly dim?: number;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
  readonly dims?: number | number[];
  readonly dtype?: string;
  readonly epsilon?: number;
  readonly equation?: string;
  readonly exclusive?: boolean;
  readonly filterShape?: readonly number[];
  readonly filterSize?: number | [number, number];
  readonly inputShape?: readonly number[];
  readonly k?: number;
  readonly keepDims?: boolean;
  readonly leakyreluAlpha?: number;
  readonly learningRate?: number;
  readonly momentum?: number;
  readonly numOrSizeSplits?: number | readonly number[];
  readonly numSegments?: number;
  readonly offValue?: number;
  readonly onValue?: number;
  readonly pad?: Padding;
  readonly paddings?: readonly (readonly [number, number])[];
  readonly perm?: readonly number[];
  readonly reductionIndices?: number | readonly number[];
  readonly reps?: readonly number[];
  readonly reverse?: boolean;
  readonly shape?: readonly number[];
  readonly size?: number | number[];
  readonly strides?: number | [number, number];
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
  readonly useNesterov?: boolean;
  readonly value?: number | string;
  readonly varianceEpsilon?: number;
}
