public import Tensor

/// Cuts images into patches, each a row of a matrix.
///
/// - Parameters:
///   - images: `[batch, channels, height, width]`; both sides multiples of `size`.
///   - size: The side of a patch.
///   - workspace: What to compute with.
/// - Returns: `[batch, patches, channels · size · size]`, the patches row by row.
public func patchify(
  _ images: Tensor<Float>, size: Int, in workspace: Workspace
) -> Operand {
  check(
    size > 0 && images.rank == 4 && images.shape[2] % size == 0
      && images.shape[3] % size == 0,
    "patchify: \(images.shape) does not divide into patches of \(size) × \(size)")
  let timer = workspace.timer("patchify \(images.shape)")
  defer { timer.stop() }
  let (batch, channels) = (images.shape[0], images.shape[1])
  let (rows, columns) = (images.shape[2] / size, images.shape[3] / size)
  var patches: Tensor<Float> = workspace.tensor([batch, rows, columns, channels, size, size])
  patches.update(
    from: images.contiguous().reshaped([batch, channels, rows, size, columns, size])
      .permuted([0, 2, 4, 1, 3, 5]))
  return Operand(patches.reshaped([batch, rows * columns, channels * size * size]))
}

/// Puts patches together to images.
///
/// - Parameters:
///   - patches: `[batch, patches, size · size · channels]`, the patches row by row.
///   - rows: The number of patches from top to bottom.
///   - size: The side of a patch.
///   - workspace: What to compute with.
/// - Returns: `[batch, channels, rows · size, columns · size]`.
public func unpatchify(
  _ patches: Tensor<Float>, rows: Int, size: Int, in workspace: Workspace
) -> Tensor<Float> {
  check(
    rows > 0 && size > 0 && patches.rank == 3 && patches.shape[1] % rows == 0
      && patches.shape[2] % (size * size) == 0,
    "unpatchify: \(patches.shape) are no \(rows) rows of patches of \(size) × \(size)")
  let timer = workspace.timer("unpatchify \(patches.shape)")
  defer { timer.stop() }
  let (batch, columns) = (patches.shape[0], patches.shape[1] / rows)
  let channels = patches.shape[2] / (size * size)
  var images: Tensor<Float> = workspace.tensor([batch, channels, rows, size, columns, size])
  images.update(
    from: patches.contiguous().reshaped([batch, rows, columns, size, size, channels])
      .permuted([0, 5, 1, 3, 2, 4]))
  return images.reshaped([batch, channels, rows * size, columns * size])
}
