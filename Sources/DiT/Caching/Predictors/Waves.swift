internal import Foundation
internal import Tensor

/// The matrices of a discrete Fourier transform: `cos(2π·j·k / count)` and `sin(2π·j·k / count)`.
struct Waves {
  let cosine, sine: Tensor<Float>

  init(_ count: Int) {
    let angles = (0..<count).flatMap { j in
      (0..<count).map { k in 2 * Double.pi * Double(j * k % count) / Double(count) }
    }
    cosine = Tensor(angles.map { Float(cos($0)) }, shape: [count, count])
    sine = Tensor(angles.map { Float(sin($0)) }, shape: [count, count])
  }
}
