internal import Tensor

/// Numbers from -1 to 1 that look random, made as fast as memory takes them.
func numbers(_ shape: [Int], scale: Float = 1) -> Tensor<Float> {
  var tensor = Tensor<Float>(uninitialized: shape)
  let factor = scale * 0x1p-31
  tensor.withUnsafeMutableElements { elements in
    for i in 0..<elements.count {
      var bits = UInt32(truncatingIfNeeded: i) &* 0x9E37_79B9
      bits = (bits ^ bits >> 16) &* 0x85EB_CA6B
      bits = (bits ^ bits >> 13) &* 0xC2B2_AE35
      elements[i] = Float(Int32(bitPattern: bits ^ bits >> 16)) * factor
    }
  }
  return tensor
}
