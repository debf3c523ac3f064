import _KernelsBaseline
import _KernelsMicro

/// Calls `body` with numbers that are neighbours in two arrays.
private func withComplex(
  _ real: inout [Double], _ imaginary: inout [Double], _ body: (ComplexVector) -> Void
) {
  real.withUnsafeMutableBufferPointer { real in
    imaginary.withUnsafeMutableBufferPointer { imaginary in
      guard let real = real.baseAddress, let imaginary = imaginary.baseAddress else { return }
      body(ComplexVector(real: real, imaginary: imaginary))
    }
  }
}

/// Steps of transforms, each against the sum that defines it.
func testFourier() {
  var outcome = Outcome("Fourier transforms")
  var numbers = SampleNumbers(seed: 23)
  for radix in [2, 3, 4, 5, 7, 11, 13] {
    for (groups, width) in [(1, 1), (3, 1), (2, 8), (2, 11)] {
      let count = radix * groups * width
      var (x, y) = (numbers.next(count).map(Double.init), numbers.next(count).map(Double.init))
      let factorCount = groups * (radix - 1)
      var (c, s) = (
        numbers.next(factorCount).map(Double.init), numbers.next(factorCount).map(Double.init)
      )
      let angles = (0..<radix).map { -2 * Double.pi * Double($0) / Double(radix) }
      var (rootsC, rootsS) = (angles.map { cos($0) }, angles.map { sin($0) })
      var imaginary: [Double] = []
      let real = written(count, canary: -1.5e300) { real in
        let other = written(count, canary: -1.5e300) { imaginary in
          withComplex(&x, &y) { input in
            withComplex(&c, &s) { factors in
              withComplex(&rootsC, &rootsS) { roots in
                kernelsBaseline.vector.fourier.step(
                  FourierStep(
                    radix: radix, groups: groups, width: width, factors: factors, roots: roots),
                  input, ComplexVector(real: real, imaginary: imaginary))
              }
            }
          }
        }
        imaginary = other.isInside ? other.elements : []
      }
      var largest = real.isInside && imaginary.count == count ? 0.0 : .infinity
      for i in 0..<count where largest.isFinite {
        let (place, k, group) = (i % width, i / width % radix, i / width / radix)
        var (a, b) = (0.0, 0.0)
        for j in 0..<radix {
          let (p, q) = (
            x[(group + groups * j) * width + place], y[(group + groups * j) * width + place]
          )
          let (cosine, sine) = (cos(angles[j * k % radix]), sin(angles[j * k % radix]))
          a += p * cosine - q * sine
          b += p * sine + q * cosine
        }
        if k > 0 {
          let factor = group * (radix - 1) + k - 1
          (a, b) = (a * c[factor] - b * s[factor], a * s[factor] + b * c[factor])
        }
        largest = max(largest, (real.elements[i] - a).magnitude, (imaginary[i] - b).magnitude)
      }
      outcome.expect(largest, within: 1e-13, "radix \(radix), \(groups) groups, width \(width)")
    }
  }
  outcome.report()
}
