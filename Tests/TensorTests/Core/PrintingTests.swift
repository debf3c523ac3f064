import Tensor
import Testing

/// The texts are those of `numpy.array2string(a, separator=', ')`.
@Suite struct PrintingTests {
  func expect<Scalar>(_ tensor: Tensor<Scalar>, _ text: String) {
    #expect(tensor.description == text)
  }

  /// The sign of what is not a number is not printed.
  @Test func printsNaNWithoutSign() {
    expect(Tensor<Float>([-Float.nan, .nan]), "[nan, nan]")
    expect(-Tensor<Double>([.nan]), "[nan]")
    expect(Tensor<Float16>([-Float16.nan]), "[nan]")
    expect(Tensor<BFloat16>([-BFloat16(.nan)]), "[nan]")
  }

  @Test func printsRealNumbers() {
    expect(
      Tensor<Float>([1, 2, 3, 4], shape: [2, 2]),
      """
      [[1., 2.],
       [3., 4.]]
      """)
    expect(
      Tensor<Float>([1, 2.5, -3.25, .nan, .infinity, 0], shape: [3, 2]),
      """
      [[ 1.  ,  2.5 ],
       [-3.25,   nan],
       [  inf,  0.  ]]
      """)
    expect(
      Tensor<Float>([.nan, -.infinity]),
      """
      [ nan, -inf]
      """)
    expect(
      Tensor<Float>([0.1, 1e-5, 1000]),
      """
      [1.e-01, 1.e-05, 1.e+03]
      """)
    expect(
      Tensor<Double>([1e8, -1, 0, .nan]),
      """
      [ 1.e+08, -1.e+00,  0.e+00,     nan]
      """)
    expect(
      Tensor<Double>([1e-300, 1e300]),
      """
      [1.e-300, 1.e+300]
      """)
    expect(
      Tensor<Double>([0.123456789123, 12.5]),
      """
      [ 0.12345679, 12.5       ]
      """)
    expect(
      Tensor<Double>([0.999999999, 9.9999999996]),
      """
      [ 1., 10.]
      """)
    expect(
      Tensor<Double>([1.23456789123e-10, 9.9999999999e-6]),
      """
      [1.23456789e-10, 1.00000000e-05]
      """)
    expect(
      Tensor<Double>([99999999, -0.0]),
      """
      [99999999.,       -0.]
      """)
    expect(
      Tensor<Float>([3.4028235e38]),
      """
      [3.4028235e+38]
      """)
    expect(
      Tensor<Float>([.leastNonzeroMagnitude, 0]),
      """
      [1.e-45, 0.e+00]
      """)
    expect(
      Tensor<Float16>([0.1, 1.5, 60000]),
      """
      [1.0e-01, 1.5e+00, 6.0e+04]
      """)
  }

  @Test func printsWholeNumbers() {
    expect(
      Tensor<Int32>([1, -20, 300, 4], shape: [2, 1, 2]),
      """
      [[[  1, -20]],

       [[300,   4]]]
      """)
    expect(
      Tensor<UInt8>([1, 2, 255]),
      """
      [  1,   2, 255]
      """)
    expect(
      Tensor<Int64>([.min, .max]),
      """
      [-9223372036854775808,  9223372036854775807]
      """)
    expect(
      Tensor<Int8>([1, 2, 3, 4, 5, 6, 7, 8], shape: [2, 2, 2]),
      """
      [[[1, 2],
        [3, 4]],

       [[5, 6],
        [7, 8]]]
      """)
    expect(Tensor([true, false]), "[ true, false]")
    expect(Tensor([true, true], shape: [1, 2]), "[[true, true]]")
  }

  @Test func printsManyNumbers() {
    expect(
      Tensor<Int32>(range: 0..<1001),
      """
      [   0,    1,    2, ...,  998,  999, 1000]
      """)
    expect(
      Tensor<Int32>(range: 0..<40),
      """
      [ 0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14, 15, 16, 17,
       18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35,
       36, 37, 38, 39]
      """)
    expect(
      Tensor<Float>(range: 0..<1200).reshaped([2, 600]),
      """
      [[0.000e+00, 1.000e+00, 2.000e+00, ..., 5.970e+02, 5.980e+02, 5.990e+02],
       [6.000e+02, 6.010e+02, 6.020e+02, ..., 1.197e+03, 1.198e+03, 1.199e+03]]
      """)
    expect(
      Tensor<Int64>(range: 0..<2000).reshaped([10, 8, 25]),
      """
      [[[   0,    1,    2, ...,   22,   23,   24],
        [  25,   26,   27, ...,   47,   48,   49],
        [  50,   51,   52, ...,   72,   73,   74],
        ...,
        [ 125,  126,  127, ...,  147,  148,  149],
        [ 150,  151,  152, ...,  172,  173,  174],
        [ 175,  176,  177, ...,  197,  198,  199]],

       [[ 200,  201,  202, ...,  222,  223,  224],
        [ 225,  226,  227, ...,  247,  248,  249],
        [ 250,  251,  252, ...,  272,  273,  274],
        ...,
        [ 325,  326,  327, ...,  347,  348,  349],
        [ 350,  351,  352, ...,  372,  373,  374],
        [ 375,  376,  377, ...,  397,  398,  399]],

       [[ 400,  401,  402, ...,  422,  423,  424],
        [ 425,  426,  427, ...,  447,  448,  449],
        [ 450,  451,  452, ...,  472,  473,  474],
        ...,
        [ 525,  526,  527, ...,  547,  548,  549],
        [ 550,  551,  552, ...,  572,  573,  574],
        [ 575,  576,  577, ...,  597,  598,  599]],

       ...,

       [[1400, 1401, 1402, ..., 1422, 1423, 1424],
        [1425, 1426, 1427, ..., 1447, 1448, 1449],
        [1450, 1451, 1452, ..., 1472, 1473, 1474],
        ...,
        [1525, 1526, 1527, ..., 1547, 1548, 1549],
        [1550, 1551, 1552, ..., 1572, 1573, 1574],
        [1575, 1576, 1577, ..., 1597, 1598, 1599]],

       [[1600, 1601, 1602, ..., 1622, 1623, 1624],
        [1625, 1626, 1627, ..., 1647, 1648, 1649],
        [1650, 1651, 1652, ..., 1672, 1673, 1674],
        ...,
        [1725, 1726, 1727, ..., 1747, 1748, 1749],
        [1750, 1751, 1752, ..., 1772, 1773, 1774],
        [1775, 1776, 1777, ..., 1797, 1798, 1799]],

       [[1800, 1801, 1802, ..., 1822, 1823, 1824],
        [1825, 1826, 1827, ..., 1847, 1848, 1849],
        [1850, 1851, 1852, ..., 1872, 1873, 1874],
        ...,
        [1925, 1926, 1927, ..., 1947, 1948, 1949],
        [1950, 1951, 1952, ..., 1972, 1973, 1974],
        [1975, 1976, 1977, ..., 1997, 1998, 1999]]]
      """)
    expect(
      (Tensor<Float>(range: 0..<40) / 7).reshaped([2, 20]),
      """
      [[0.        , 0.14285715, 0.2857143 , 0.42857143, 0.5714286 , 0.71428573,
        0.85714287, 1.        , 1.1428572 , 1.2857143 , 1.4285715 , 1.5714285 ,
        1.7142857 , 1.8571428 , 2.        , 2.142857  , 2.2857144 , 2.4285715 ,
        2.5714285 , 2.7142856 ],
       [2.857143  , 3.        , 3.142857  , 3.2857144 , 3.4285715 , 3.5714285 ,
        3.7142856 , 3.857143  , 4.        , 4.142857  , 4.285714  , 4.428571  ,
        4.571429  , 4.714286  , 4.857143  , 5.        , 5.142857  , 5.285714  ,
        5.428571  , 5.571429  ]]
      """)
    expect(
      Tensor<Float>(zeros: [0, 3]),
      """
      []
      """)
  }

  @Test func printsViewsAndScalars() {
    let tensor = Tensor<Int32>(range: 0..<6).reshaped([2, 3])
    expect(tensor.transposed(), "[[0, 3],\n [1, 4],\n [2, 5]]")
    expect(tensor.flipped(1)[1], "[5, 4, 3]")
    expect(tensor[1, 2], "5")
    expect(Tensor(scalar: 1.5), "1.5")
    expect(Tensor(scalar: true), "true")
    expect(Tensor([BFloat16(0.1), BFloat16(3)]), "[0.10009766, 3.        ]")
    expect(Tensor<UInt64>([0, .max]), "[                   0, 18446744073709551615]")
    expect(Tensor<Int16>([-1, .max]), "[   -1, 32767]")
    expect(tensor.transposed()[0..<0], "[]")
  }

  @Test func printsTensorsOfAnyType() {
    let tensor = Tensor<Float>([1, 2.5], shape: [2, 1])
    #expect(AnyTensor(tensor).description == "float [2, 1]\n[[1. ],\n [2.5]]")
    #expect(AnyTensor(Tensor([true])).description == "bool [1]\n[true]")
    for type in ScalarType.allCases {
      let empty = AnyTensor(scalarType: type, shape: [0, 2], storage: Storage(byteCount: 0))
      #expect(empty.description == "\(type) [0, 2]\n[]")
    }
  }
}
