import NN
import Tensor

/// A U-Net as diffusion models have it, written with the public API alone; images are channels last.
struct UNet: Layer {
  let time1, time2: Linear
  let input: Conv2d
  let down: [ResidualBlock]
  let shrink: Conv2d
  let middle: PixelAttention
  let grow: Conv2d
  let up: [ResidualBlock]
  let norm: GroupNorm
  let output: Conv2d

  struct ResidualBlock: Layer {
    let norm1, norm2: GroupNorm
    let conv1, conv2: Conv2d
    let time: Linear
    let skip: Conv2d?

    init(_ inputs: Int, _ outputs: Int, from weights: Weights) throws {
      norm1 = try GroupNorm(inputs, groups: 3, from: weights["norm1"])
      conv1 = try Conv2d(inputs, outputs, size: 3, padding: 1, from: weights["conv1"])
      time = try Linear(16, outputs, from: weights["time"])
      norm2 = try GroupNorm(outputs, groups: 3, from: weights["norm2"])
      conv2 = try Conv2d(outputs, outputs, size: 3, padding: 1, from: weights["conv2"])
      skip =
        inputs == outputs ? nil : try Conv2d(inputs, outputs, size: 1, from: weights["skip"])
    }

    func callAsFunction(_ x: Tensor<Float>, _ t: Tensor<Float>) -> Tensor<Float> {
      let shift = time(silu(t))
      var h = conv1(norm1(x, activation: .silu))
      h = h + shift.reshaped([shift.shape[0], 1, 1, shift.shape[1]])
      return (skip?(x) ?? x) + conv2(norm2(h, activation: .silu))
    }
  }

  struct PixelAttention: Layer {
    let norm: GroupNorm
    let attention: MultiHeadAttention

    init(_ channels: Int, from weights: Weights) throws {
      norm = try GroupNorm(channels, groups: 3, from: weights["norm"])
      attention = try MultiHeadAttention(channels, headCount: 2, from: weights["attention"])
    }

    func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
      let tokens = norm(x).reshaped([x.shape[0], -1, x.shape[3]])
      return x + attention(tokens).reshaped(x.shape)
    }
  }

  init(from weights: Weights) throws {
    let width = 6
    time1 = try Linear(8, 16, from: weights["time1"])
    time2 = try Linear(16, 16, from: weights["time2"])
    input = try Conv2d(2, width, size: 3, padding: 1, from: weights["input"])
    down = [
      try ResidualBlock(width, width, from: weights["down"][0]),
      try ResidualBlock(width, 2 * width, from: weights["down"][1]),
    ]
    shrink = try Conv2d(width, width, size: 3, stride: 2, padding: 1, from: weights["shrink"])
    middle = try PixelAttention(2 * width, from: weights["middle"])
    grow = try Conv2d(2 * width, 2 * width, size: 3, padding: 1, from: weights["grow"])
    up = [
      try ResidualBlock(4 * width, 2 * width, from: weights["up"][0]),
      try ResidualBlock(3 * width, width, from: weights["up"][1]),
    ]
    norm = try GroupNorm(width, groups: 3, from: weights["norm"])
    output = try Conv2d(width, 2, size: 3, padding: 1, from: weights["output"])
  }

  func callAsFunction(_ x: Tensor<Float>, timesteps: [Double]) -> Tensor<Float> {
    let time = time2(time1(SinusoidalEmbedding(8)(timesteps), activation: .silu))
    let first = down[0](input(x), time)
    let second = down[1](shrink(first), time)
    var h = up[0](Tensor(concatenating: [middle(second), second], axis: 3), time)
    h = grow(Upsample(2)(h))
    h = up[1](Tensor(concatenating: [h, first], axis: 3), time)
    return output(norm(h, activation: .silu))
  }
}
