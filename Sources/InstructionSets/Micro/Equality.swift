extension InstructionSet {
  /// Whether two inputs of one type are the same numbers: zeros are equal, a NaN is not.
  @inlinable @inline(__always)
  static func isEqual(
    _ loop: ElementLoop, _ type: ElementType, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer
  ) -> Bool {
    switch type {
    case .float: isEqual(loop, a, b, Float.self) { $0 == $1 }
    case .double: isEqual(loop, a, b, Double.self) { $0 == $1 }
    case .bfloat16: isEqual(loop, a, b, BFloat16Bits.self) { $0.asFloat == $1.asFloat }
    case .float16: isEqual(loop, a, b, UInt16.self) { isEqualFloat16($0, $1) }
    case .int8, .uint8, .bool: isEqual(loop, a, b, UInt8.self) { $0 == $1 }
    case .int16, .uint16: isEqual(loop, a, b, UInt16.self) { $0 == $1 }
    case .int32, .uint32: isEqual(loop, a, b, UInt32.self) { $0 == $1 }
    case .int64, .uint64: isEqual(loop, a, b, UInt64.self) { $0 == $1 }
    }
  }

  /// Whether two bit patterns are the same 16-bit floating-point number.
  @inlinable @inline(__always)
  static func isEqualFloat16(_ a: UInt16, _ b: UInt16) -> Bool {
    let isNaN = a & 0x7FFF > 0x7C00
    return (a == b && !isNaN) || (a | b) & 0x7FFF == 0
  }

  @inlinable @inline(__always)
  static func isEqual<Element>(
    _ loop: ElementLoop, _ first: UnsafeRawPointer, _ second: UnsafeRawPointer,
    _ element: Element.Type, _ isEqual: (Element, Element) -> Bool
  ) -> Bool {
    let first = first.assumingMemoryBound(to: Element.self)
    let second = second.assumingMemoryBound(to: Element.self)
    let last = loop.rank - 1
    let (count, strideA, strideB) = (loop.extents[last], loop.first[last], loop.second[last])
    var result = true
    forEachRow(loop) { a, b, _ in
      let (x, y) = (first + a, second + b)
      var i = 0
      // Blocks have no branch for each element; those without gaps, also beside a number for all,
      // become vector code. (A block of constant length would be unrolled instead.)
      while strideA == 1 && strideB <= 1 && result && i < count {
        let end = min(i + 4096, count)
        var differences: UInt8 = 0
        if strideB == 1 {
          for j in i..<end { differences |= isEqual(x[j], y[j]) ? 0 : 1 }
        } else {
          let other = y[0]
          for j in i..<end { differences |= isEqual(x[j], other) ? 0 : 1 }
        }
        (result, i) = (differences == 0, end)
      }
      while result && i < count {
        result = isEqual(x[i * strideA], y[i * strideB])
        i += 1
      }
    }
    return result
  }
}
