/// Tests the kernels of the baseline against plain loops in `Double`, on a processor that
/// Scripts/neon.sh emulates: one line a kernel, exit code 1 if one failed.
@main
enum NEON {
  static func main() {
    testPacking()
    testProduct()
    testBFloat16Rows()
    testBFloat16Product()
    testSmallProducts()
    testInt8Products()
    testQuantizedWeights()
    testAttention()
    testSoftmax()
    testNormalization()
    testConvolution()
    testNarrowConvolution()
    testWinograd()
    testDepthwiseConvolutions()
    testPooling()
    testGroupNormalization()
    testUpsampling()
    testElementFunctions()
    testCombination()
    testGatedSum()
    testElementwise()
    testReductions()
    testVectors()
    testFourier()
    testWideFunctions()
    testWideDivisions()
    testSumsOfExponentials()
    testDraws()
    testConversions()
    testCopies()
    exit(Outcome.failures == 0 ? 0 : 1)
  }
}
