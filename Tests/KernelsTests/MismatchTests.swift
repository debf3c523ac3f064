import Kernels
import Tensor
import Testing

/// Weights and a workspace that do not belong together stop with the same message on every table.
@Suite struct MismatchTests {
  @Test func linearNamesBothPrecisions() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let weight = PackedMatrix(Tensor<Float>(zeros: [4, 3]))
      _ = linear(
        Operand(Tensor<Float>(zeros: [2, 3])), weight,
        in: Workspace(threads: 1, precision: .bfloat16))
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("linear: weights of f32 meet a workspace of bf16"))
  }

  @Test func convolutionNamesBothPrecisions() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let weight = PackedKernel(Tensor<Float>(zeros: [4, 3, 3, 3]), precision: .bfloat16)
      let workspace = Workspace(threads: 1)
      let images = PaddedPixels(
        Tensor<Float>(zeros: [1, 5, 5, 3]), padding: 1, in: workspace)
      _ = convolution(images, weight, in: workspace)
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("convolution: weights of bf16 meet a workspace of f32"))
  }
}
