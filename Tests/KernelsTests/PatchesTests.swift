import Kernels
import Tensor
import Testing

@Suite struct PatchesTests {
  @Test(arguments: [(1, 4), (2, 6), (3, 3), (4, 8)])
  func takesImagesApartAndTogether(_ size: Int, _ side: Int) {
    let (batch, channels) = (2, 3)
    let workspace = Workspace(threads: 1)
    let images = Tensor(
      (0..<batch * channels * side * side).map(Float.init), shape: [batch, channels, side, side])
    let patches = patchify(images, size: size, in: workspace).tensor
    let grid = side / size
    #expect(patches.shape == [batch, grid * grid, channels * size * size])
    let (all, flat) = (images.elements, patches.elements)
    for i in flat.indices {
      // Where the element stands: sample, patch, channel, row and column in the patch.
      let inPatch = i % (channels * size * size)
      let patch = i / (channels * size * size) % (grid * grid)
      let sample = i / (channels * size * size * grid * grid)
      let (channel, pixel) = (inPatch / (size * size), inPatch % (size * size))
      let row = patch / grid * size + pixel / size
      let column = patch % grid * size + pixel % size
      #expect(flat[i] == all[((sample * channels + channel) * side + row) * side + column])
    }
    // The model's last layer puts the channels last.
    let channelsLast = patches.reshaped([batch, grid * grid, channels, size * size])
      .permuted([0, 1, 3, 2]).reshaped([batch, grid * grid, size * size * channels])
    #expect(unpatchify(channelsLast, rows: grid, size: size, in: workspace).elements == all)
  }
}
