/** The tensors that an operator changes: they keep their handles, and stay within their memory. */
#pragma once
#include <ATen/EmptyTensor.h>

#include "javascript.h"

namespace decentlab {

/** A tensor that an operator is asked to change, and the handle by which JavaScript knows it. */
struct Written {
  at::Tensor tensor;
  double handle;
};

/** Whether all entries of a tensor lie in its memory. */
inline bool liesInItsMemory(const at::Tensor& tensor) {
  if (tensor.layout() != at::kStrided || !tensor.has_storage()) return true;
  for (const auto size : tensor.sizes())
    if (size < 0) return false;
  try {
    const auto needed = at::detail::computeStorageNbytes(tensor.sizes(), tensor.strides(), tensor.dtype().itemsize(), tensor.storage_offset());
    return tensor.numel() == 0 || needed <= tensor.storage().nbytes();
  } catch (const c10::Error&) {
    return false;
  }
}

/**
 * PyTorch sets the shape of a result before it finds that there is no such shape, or no room for it, and takes negative
 * sizes for granted: what is left would be read and written beyond its memory. Such tensors are emptied. Says whether
 * there was one.
 */
inline bool emptyBroken(const std::vector<Written>& written) {
  bool isBroken = false;
  for (const auto& [tensor, handle] : written) {
    if (liesInItsMemory(tensor)) continue;
    tensor.unsafeGetTensorImpl()->set_storage_offset(0);
    tensor.unsafeGetTensorImpl()->set_sizes_contiguous({0});
    isBroken = true;
  }
  return isBroken;
}

}  // namespace decentlab
