/// Operations on images written plainly in `Double`, to test the fast ones against.
extension Reference {
  /// The extents of a convolution, and the zeros around its images.
  package struct Convolution {
    package var batch, height, width, inputs, outputs: Int
    package var kernel = (height: 3, width: 3)
    package var stride = 1
    package var padding = (top: 1, bottom: 1, left: 1, right: 1)

    /// A convolution of 3 × 3 that keeps the size of images.
    package init(batch: Int, height: Int, width: Int, inputs: Int, outputs: Int) {
      (self.batch, self.height, self.width) = (batch, height, width)
      (self.inputs, self.outputs) = (inputs, outputs)
    }

    /// The extents of the images.
    package var inputShape: [Int] { [batch, height, width, inputs] }

    /// The extents of the weights.
    package var weightShape: [Int] { [outputs, inputs, kernel.height, kernel.width] }

    /// The extents of the result.
    package var outputShape: [Int] {
      [
        batch, (height + padding.top + padding.bottom - kernel.height) / stride + 1,
        (width + padding.left + padding.right - kernel.width) / stride + 1, outputs,
      ]
    }

    /// The result, and the sums of the magnitudes of its terms, which bound the error.
    package func callAsFunction(
      _ x: [Float], _ weight: [Float]
    ) -> (values: [Double], magnitudes: [Double]) {
      var (values, magnitudes) = ([Double](), [Double]())
      let shape = outputShape
      for sample in 0..<batch {
        for row in 0..<shape[1] {
          for column in 0..<shape[2] {
            for output in 0..<outputs {
              var (sum, magnitude) = (0.0, 0.0)
              for i in 0..<kernel.height {
                let y = row * stride + i - padding.top
                for j in 0..<kernel.width {
                  let z = column * stride + j - padding.left
                  if y < 0 || y >= height || z < 0 || z >= width { continue }
                  for channel in 0..<inputs {
                    let pixel = x[((sample * height + y) * width + z) * inputs + channel]
                    let place = (output * inputs + channel) * kernel.height + i
                    let term = Double(pixel) * Double(weight[place * kernel.width + j])
                    sum += term
                    magnitude += term.magnitude
                  }
                }
              }
              values.append(sum)
              magnitudes.append(magnitude)
            }
          }
        }
      }
      return (values, magnitudes)
    }
  }

  /// Images, the groups of channels of each less their mean and divided by their deviation.
  package static func groupNormalized(
    _ x: [Float], batch: Int, channels: Int, groups: Int, epsilon: Double
  ) -> [Double] {
    var result = x.map(Double.init)
    let (pixels, members) = (x.count / max(batch * channels, 1), channels / groups)
    for sample in 0..<batch {
      for group in 0..<groups {
        let places = (0..<pixels * members).map {
          (sample * pixels + $0 / members) * channels + group * members + $0 % members
        }
        let mean = places.reduce(0) { $0 + result[$1] } / Double(places.count)
        let variance =
          places.reduce(0) { $0 + (result[$1] - mean) * (result[$1] - mean) } / Double(places.count)
        for place in places {
          result[place] = (result[place] - mean) / (variance + epsilon).squareRoot()
        }
      }
    }
    return result
  }
}
