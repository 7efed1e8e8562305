package io.gru4j.tensor.kernel;

import static io.gru4j.tensor.kernel.Kernels.LANES;
import static io.gru4j.tensor.kernel.Kernels.PANEL;
import static io.gru4j.tensor.kernel.Kernels.QUAD;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.tensor.Backend;
import io.gru4j.tensor.PlainGru4Rec;
import io.gru4j.tensor.TestData;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/**
 * Each kernel against plain loops in double precision and, in the execution that has the Vector
 * API, the vector kernels against the scalar ones, bit for bit. Complete arrays are compared: the
 * values around the output must not change.
 */
class KernelsTest {

  /** Runs a kernel on a copy of some arrays; its return value is compared too. */
  @FunctionalInterface
  private interface Call {
    double run(Kernels kernels, float[][] arrays);
  }

  /** The same in plain loops on doubles. */
  @FunctionalInterface
  private interface PlainLoops {
    double run(double[][] arrays);
  }

  private static boolean vectorExecution() {
    return Kernels.get().products() instanceof VectorProducts;
  }

  private static void check(float[][] arrays, double tolerance, Call call, PlainLoops loops) {
    float[][] scalar = copy(arrays);
    double returned = call.run(Kernels.scalar(), scalar);
    if (vectorExecution()) { // else the vector classes could not even be loaded
      float[][] vector = copy(arrays);
      double vectorReturned = call.run(Kernels.vector(), vector);
      assertEquals(
          Double.doubleToLongBits(returned),
          Double.doubleToLongBits(vectorReturned),
          () -> "scalar returned " + returned + ", vector " + vectorReturned);
      for (int a = 0; a < arrays.length; a++) {
        assertSameBits("array " + a, scalar[a], vector[a]);
      }
    }
    double[][] plain = new double[arrays.length][];
    for (int a = 0; a < arrays.length; a++) {
      plain[a] = new double[arrays[a].length];
      for (int i = 0; i < plain[a].length; i++) {
        plain[a][i] = arrays[a][i];
      }
    }
    assertClose("returned", loops.run(plain), returned, tolerance);
    for (int a = 0; a < arrays.length; a++) {
      for (int i = 0; i < plain[a].length; i++) {
        String where = "array " + a + "[" + i + "]";
        if (Double.compare(plain[a][i], arrays[a][i]) == 0) { // not an output: untouched
          assertEquals(
              arrays[a][i], scalar[a][i], () -> where + " is no output but changed its value");
        } else {
          assertClose(where, plain[a][i], scalar[a][i], tolerance);
        }
      }
    }
  }

  private static float[][] copy(float[][] arrays) {
    float[][] copy = new float[arrays.length][];
    for (int a = 0; a < arrays.length; a++) {
      copy[a] = arrays[a].clone();
    }
    return copy;
  }

  static void assertSameBits(String what, float[] expected, float[] actual) {
    assertEquals(expected.length, actual.length, what);
    for (int i = 0; i < expected.length; i++) {
      // Not the raw bits: the JVM may choose which NaN an operation gives.
      if (Float.floatToIntBits(expected[i]) != Float.floatToIntBits(actual[i])) {
        throw new AssertionError(
            "%s[%d]: scalar %s, vector %s".formatted(what, i, expected[i], actual[i]));
      }
    }
  }

  private static void assertClose(String what, double expected, double actual, double tolerance) {
    boolean close =
        expected == actual
            || Math.abs(expected - actual) <= tolerance * (1 + Math.abs(expected))
            || Double.isNaN(expected) && Double.isNaN(actual);
    if (!close) {
      throw new AssertionError("%s: expected %s, got %s".formatted(what, expected, actual));
    }
  }

  @Test
  void thisJvmHasTheKernelsThatItsExecutionExpects() {
    String expected = System.getProperty("gru4j.expectKernels");
    assertNotNull(expected, "surefire sets gru4j.expectKernels in each of its executions");
    String description = Kernels.get().description();
    assertTrue(
        description.equals("scalar") || description.matches("vector, (128|256|512) bit"),
        description);
    System.out.println("kernels under test: " + description);
    // the executions that ask for a width name it too
    assertEquals(
        expected, expected.contains(",") ? description : description.replaceFirst(",.*", ""));
  }

  @Property
  void product(
      @ForAll @IntRange(max = 40) int rows,
      @ForAll @IntRange(max = 40) int K,
      @ForAll @IntRange(min = 1, max = 32) int columns,
      @ForAll long seed) {
    checkProduct(rows, K, columns, seed, 1e-5);
  }

  /** Codes of weights, of all magnitudes, and what they leave. */
  @Property
  void sieveCodes(
      @ForAll @IntRange(max = 40) int K, @ForAll @IntRange(max = 1) int half, @ForAll long seed) {
    TestData data = new TestData(seed);
    float[] sizes = {0f, 1e-44f, 1e-30f, 1f, 1e30f, Float.NaN, Float.POSITIVE_INFINITY};
    float[] w = data.values(3 + K * PANEL, 1f);
    for (int i = 3; i < w.length; i++) {
      w[i] *= sizes[(i - 3) % PANEL % sizes.length];
    }
    byte[][] codes = new byte[2][7 + K * SieveKernels.CLASSES];
    float[][] scales = new float[2][5 + PANEL];
    float[][] found = new float[2][SieveKernels.MEASURES * PANEL];
    List<Kernels> all = all();
    Arrays.fill(codes[0], (byte) 99);
    Arrays.fill(codes[1], (byte) 99);
    for (int i = 0; i < all.size(); i++) {
      all.get(i).sieve().code(codes[i], 7, half, scales[i], 5, found[i], w, 3, K);
      assertSameBits("scale", scales[0], scales[i]);
      assertSameBits("found", found[0], found[i]);
      assertArrayEquals(codes[0], codes[i]);
    }
    for (int l = 0; l < PANEL; l++) {
      int place = 7 + SieveKernels.place(half * PANEL + l);
      double s = scales[0][5 + l];
      double squares = 0;
      double ofCodes = 0;
      double most = 0;
      for (int k = 0; k < K && sizes[l % sizes.length] < 1e38f; k++) {
        int code = (codes[0][place + k * SieveKernels.CLASSES] & 0xff) - SieveKernels.ZERO;
        int other =
            SieveKernels.place((1 - half) * PANEL + l) - SieveKernels.place(half * PANEL + l);
        assertEquals(99, codes[0][place + other + k * SieveKernels.CLASSES]);
        double rest = w[3 + k * PANEL + l] / s - code;
        ofCodes += code * code;
        squares += rest * rest;
        most = Math.max(most, Math.abs(rest));
      }
      if (sizes[l % sizes.length] < 1e38f) {
        assertTrue(most <= 0.50002, most + " is left by lane " + l);
        assertClose("most of lane " + l, most, found[0][PANEL + l], 1e-4);
        assertClose("squares of lane " + l, squares, found[0][2 * PANEL + l], 1e-4);
        assertEquals(ofCodes, found[0][3 * PANEL + l]);
      } else if (K > 0) {
        assertFalse(found[0][l] < Float.POSITIVE_INFINITY);
      }
    }
  }

  /** Bounds of scores from bytes, with the largest sums that a group of a state may have. */
  @Property
  void sieveBounds(
      @ForAll @IntRange(max = 5) int panels,
      @ForAll @IntRange(max = 40) int K,
      @ForAll boolean extremes,
      @ForAll long seed) {
    TestData data = new TestData(seed);
    int n = panels * SieveKernels.CLASSES;
    byte[] codes = new byte[3 + n * K];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = (byte) (1 + (extremes ? data.below(2) * 254 : data.below(255)));
    }
    short[] h = new short[4 + K];
    int most = SieveKernels.GROUP_SUM / SieveKernels.GROUP;
    for (int k = 0; k < K; k++) {
      h[4 + k] = (short) (extremes ? data.below(2) * 2 * most - most : data.below(most));
    }
    for (int k = 0; extremes && k < K; k += SieveKernels.GROUP) {
      h[4 + k] += (short) (SieveKernels.GROUP_SUM % SieveKernels.GROUP * Integer.signum(h[4 + k]));
    }
    float[] bias = data.values(5 + n, 1f);
    if (panels > 0) {
      bias[5 + data.below(n)] = Float.NEGATIVE_INFINITY;
    }
    float[][] arrays = {
      data.values(n + 6, 1f), data.values(n + 6, 1f), data.values(5 + n, 1f), bias
    };
    check(
        arrays,
        1e-6,
        (kernels, a) -> {
          kernels
              .sieve()
              .bounds(
                  a[0], a[1], 2, codes, 3, a[2], a[3], 5, panels, h, 4, 0.5f, K, 3f, 0.1f, 0.2f);
          return 0;
        },
        a -> {
          for (int i = 0; i < n; i++) {
            int line = 3 + i / SieveKernels.CLASSES * K * SieveKernels.CLASSES;
            int place = line + SieveKernels.place(i % SieveKernels.CLASSES);
            double d = 0;
            for (int k = 0; k < K; k++) {
              int code = (codes[place + k * SieveKernels.CLASSES] & 0xff) - SieveKernels.ZERO;
              d += 0.5 * h[4 + k] * code;
            }
            double b = a[3][5 + i];
            double e = Math.abs(b) * 0.1f + 0.2f;
            a[0][2 + i] = a[2][5 + i] * (d - 3) + (b - e);
            a[1][2 + i] = a[2][5 + i] * (d + 3) + (b + e);
          }
          return 0;
        });
  }

  /** Many rows and few k, which the vector kernels take another way. */
  @Property
  void productOfFewSteps(
      @ForAll @IntRange(min = 15, max = 40) int rows,
      @ForAll @IntRange(min = 1, max = 9) int K,
      @ForAll @IntRange(min = 1, max = 32) int columns,
      @ForAll long seed) {
    checkProduct(rows, K, columns, seed, 1e-5);
  }

  /** Few columns, which fill a part of one vector. */
  @Property
  void productOfFewColumns(
      @ForAll @IntRange(max = 70) int rows,
      @ForAll @IntRange(min = 13, max = 40) int K,
      @ForAll @IntRange(min = 1, max = 5) int columns,
      @ForAll long seed) {
    checkProduct(rows, K, columns, seed, 1e-5);
  }

  /** Rows and k around the borders of the largest register tiles, and of those within pieces. */
  @Property
  void productOfManyRows(
      @ForAll("manyRows") int rows,
      @ForAll("manySteps") int K,
      @ForAll("wholeVectors") int columns,
      @ForAll long seed) {
    checkProduct(rows, K, columns, seed, 1e-4);
  }

  @Provide
  Arbitrary<Integer> manyRows() {
    return Arbitraries.of(11, 12, 13, 16, 20, 23, 24, 25, 36, 37);
  }

  @Provide
  Arbitrary<Integer> manySteps() {
    return Arbitraries.of(7, 8, 9, 15, 16, 17, 63, 64, 101, 191, 199, 200, 201, 384);
  }

  /** Columns around multiples of a vector. */
  @Provide
  Arbitrary<Integer> wholeVectors() {
    return Arbitraries.of(1, 4, 5, 8, 9, 12, 16, 17, 24, 25, 31, 32);
  }

  /** Steps of k around the borders of the pieces that the vector kernels take it in. */
  @Property(tries = 60)
  void longProduct(
      @ForAll @IntRange(min = 1, max = 20) int rows,
      @ForAll("longK") int K,
      @ForAll @IntRange(min = 1, max = 32) int columns,
      @ForAll long seed) {
    checkProduct(rows, K, columns, seed, 1e-4);
  }

  @Provide
  Arbitrary<Integer> longK() {
    return Arbitraries.of(191, 192, 193, 384, 385, 2047, 2048, 2049, 4097);
  }

  private static void checkProduct(int rows, int K, int columns, long seed, double allowed) {
    TestData data = new TestData(seed);
    int co = data.below(20);
    int cs = PANEL + (data.below(2) == 0 ? 0 : data.below(70));
    int start = data.below(3); // the same for all rows, of its own, or c itself
    int io = start == 2 ? co : data.below(5);
    int is = start == 0 ? 0 : start == 1 ? PANEL : cs;
    int ao = data.below(5);
    int ap = QUAD * K + data.below(4);
    int bo = data.below(5);
    float[][] arrays = {
      data.values(co + rows * cs + 7, 9f),
      data.values(io + rows * is + PANEL, 1f),
      data.values(ao + Math.ceilDiv(rows, QUAD) * ap, 1f),
      data.values(bo + K * PANEL + data.below(2), 1f)
    };
    check(
        arrays,
        allowed,
        (kernels, a) -> {
          float[] init = start == 2 ? a[0] : a[1];
          kernels
              .products()
              .product(a[0], co, cs, init, io, is, a[2], ao, ap, a[3], bo, rows, K, columns);
          for (int r = 0; r < rows; r++) {
            int from = co + r * cs;
            Arrays.fill(a[0], from + columns, from + PANEL, 0f); // undefined
          }
          return 0;
        },
        a -> {
          for (int r = 0; r < rows; r++) {
            for (int l = 0; l < columns; l++) {
              double sum = (start == 2 ? a[0] : a[1])[io + r * is + l];
              for (int k = 0; k < K; k++) {
                sum += a[2][ao + r / QUAD * ap + k * QUAD + r % QUAD] * a[3][bo + k * PANEL + l];
              }
              a[0][co + r * cs + l] = sum;
            }
            int from = co + r * cs;
            Arrays.fill(a[0], from + columns, from + PANEL, 0);
          }
          return 0;
        });
  }

  @Property
  void packRows(
      @ForAll @IntRange(max = 40) int rows, @ForAll @IntRange(max = 40) int K, @ForAll long seed) {
    TestData data = new TestData(seed);
    int yo = data.below(20);
    int yp = QUAD * K + data.below(9);
    int xo = data.below(20);
    int xs = K + data.below(9);
    float[][] arrays = {
      data.values(yo + Math.ceilDiv(rows, QUAD) * yp, 1f), data.values(xo + rows * xs, 1f)
    };
    check(
        arrays,
        0,
        (kernels, a) -> {
          kernels.products().packRows(a[0], yo, yp, a[1], xo, xs, rows, K);
          return 0;
        },
        a -> {
          for (int r = 0; r < rows; r++) {
            for (int k = 0; k < K; k++) {
              a[0][yo + r / QUAD * yp + k * QUAD + r % QUAD] = a[1][xo + r * xs + k];
            }
          }
          return 0;
        });
  }

  @Property
  void packColumns(
      @ForAll @IntRange(max = 40) int rows, @ForAll @IntRange(max = 40) int K, @ForAll long seed) {
    TestData data = new TestData(seed);
    int yo = data.below(20);
    int yp = QUAD * K + data.below(9);
    int xo = data.below(20);
    int xs = rows + data.below(9);
    float[][] arrays = {
      data.values(yo + Math.ceilDiv(rows, QUAD) * yp, 1f), data.values(xo + K * xs, 1f)
    };
    check(
        arrays,
        0,
        (kernels, a) -> {
          kernels.products().packColumns(a[0], yo, yp, a[1], xo, xs, rows, K);
          return 0;
        },
        a -> {
          for (int r = 0; r < rows; r++) {
            for (int k = 0; k < K; k++) {
              a[0][yo + r / QUAD * yp + k * QUAD + r % QUAD] = a[1][xo + k * xs + r];
            }
          }
          return 0;
        });
  }

  @Property
  void transpose(
      @ForAll @IntRange(max = 40) int rows,
      @ForAll @IntRange(max = 40) int columns,
      @ForAll long seed) {
    TestData data = new TestData(seed);
    int yo = data.below(20);
    int ys = rows + data.below(9);
    int xo = data.below(20);
    int xs = columns + data.below(9);
    float[][] arrays = {data.values(yo + columns * ys + 9, 1f), data.values(xo + rows * xs, 1f)};
    check(
        arrays,
        0,
        (kernels, a) -> {
          kernels.products().transpose(a[0], yo, ys, a[1], xo, xs, rows, columns);
          return 0;
        },
        a -> {
          for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
              a[0][yo + c * ys + r] = a[1][xo + r * xs + c];
            }
          }
          return 0;
        });
  }

  @Property
  void addRows(@ForAll @IntRange(max = 40) int rows, @ForAll long seed) {
    TestData data = new TestData(seed);
    int dbo = data.below(20);
    int dyo = data.below(5);
    int dys = PANEL + data.below(2) * data.below(40);
    float[][] arrays = {
      data.values(dbo + PANEL + 33, 1f), data.values(dyo + rows * dys + PANEL, 1f)
    };
    check(
        arrays,
        1e-5,
        (kernels, a) -> {
          kernels.rows().addRows(a[0], dbo, a[1], dyo, dys, rows);
          return 0;
        },
        a -> {
          for (int r = 0; r < rows; r++) {
            for (int l = 0; l < PANEL; l++) {
              a[0][dbo + l] += a[1][dyo + r * dys + l];
            }
          }
          return 0;
        });
  }

  /** A row of logits in panels: array, offset, stride, and where element j of the row is. */
  private record PanelRow(float[] values, int offset, int stride, int panels) {
    static PanelRow of(TestData data, int panels, float scale) {
      int stride = PANEL * (1 + data.below(3)) + data.below(2) * data.below(9);
      int offset = data.below(9);
      float[] values = data.values(offset + panels * stride + PANEL, scale);
      return new PanelRow(values, offset, stride, panels);
    }

    int size() {
      return panels * PANEL;
    }

    int index(int j) {
      return offset + j / PANEL * stride + j % PANEL;
    }
  }

  @Property
  void rowMax(@ForAll @IntRange(max = 5) int panels, @ForAll long seed) {
    TestData data = new TestData(seed);
    PanelRow row = PanelRow.of(data, panels, 100f);
    float[] odd = {Float.NaN, -0f, 0f, Float.NEGATIVE_INFINITY};
    int few = data.below(3); // none, half or all but a few of the values are odd
    for (int j = 0; j < row.size(); j++) {
      if (few > 0 && data.below(few == 1 ? 2 : 50) > 0) {
        row.values[row.index(j)] = odd[data.below(odd.length)];
      }
    }
    check(
        new float[][] {row.values},
        0,
        (kernels, a) -> kernels.rows().rowMax(a[0], row.offset, row.stride, panels),
        a -> {
          double max = Double.NEGATIVE_INFINITY;
          for (int j = 0; j < row.size(); j++) {
            max = a[0][row.index(j)] > max ? a[0][row.index(j)] : max; // NaN is passed over
          }
          return max;
        });
  }

  @Property
  void foldLanes(@ForAll @IntRange(max = 40) int n, @ForAll long seed) {
    TestData data = new TestData(seed);
    int xo = data.below(9);
    int yo = data.below(9);
    float[] x = data.values(xo + n * LANES + 3, 1f);
    check(
        new float[][] {x, data.values(yo + n + 3, 1f)},
        1e-6,
        (kernels, a) -> {
          kernels.products().foldLanes(a[1], yo, a[0], xo, n);
          return 0;
        },
        a -> {
          for (int i = 0; i < n; i++) {
            double sum = 0;
            for (int l = 0; l < LANES; l++) {
              sum += a[0][xo + i * LANES + l];
            }
            a[1][yo + i] = sum;
          }
          return 0;
        });
  }

  @Property
  void laneMax(@ForAll @IntRange(max = 9) int panels, @ForAll long seed) {
    TestData data = new TestData(seed);
    int mo = data.below(9);
    int yo = data.below(9);
    int ps = PANEL + data.below(2) * data.below(40);
    float[] y = data.values(yo + panels * ps + PANEL, 1f);
    float[] odd = {Float.NaN, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY};
    for (int i = 0; i < y.length; i++) {
      y[i] = data.below(5) == 0 ? odd[data.below(odd.length)] : y[i];
    }
    check(
        new float[][] {data.values(mo + PANEL + 3, 1f), y},
        0,
        (kernels, a) -> {
          kernels.rows().laneMax(a[0], mo, a[1], yo, ps, panels);
          return 0;
        },
        a -> {
          for (int l = 0; l < PANEL; l++) {
            a[0][mo + l] = Double.NEGATIVE_INFINITY;
            for (int p = 0; p < panels; p++) {
              double v = a[1][yo + p * ps + l];
              a[0][mo + l] = v > a[0][mo + l] ? v : a[0][mo + l];
            }
          }
          return 0;
        });
  }

  @Property
  void rowExpSum(
      @ForAll @IntRange(min = 1, max = 5) int panels, @ForAll boolean padded, @ForAll long seed) {
    TestData data = new TestData(seed);
    PanelRow row = PanelRow.of(data, panels, 60f);
    if (padded) {
      for (int l = 1 + data.below(PANEL - 1); l < PANEL; l++) {
        row.values[row.index((panels - 1) * PANEL + l)] = Float.NEGATIVE_INFINITY;
      }
    }
    float max = Kernels.scalar().rows().rowMax(row.values, row.offset, row.stride, panels);
    check(
        new float[][] {row.values},
        1e-5,
        (kernels, a) -> kernels.rows().rowExpSum(a[0], row.offset, row.stride, panels, max),
        a -> {
          double sum = 0;
          for (int j = 0; j < row.size(); j++) {
            double e = StrictMath.exp(a[0][row.index(j)] - max);
            a[0][row.index(j)] = e;
            sum += e;
          }
          return sum;
        });
  }

  @Property
  void addScaledRows(@ForAll @IntRange(max = 40) int rows, @ForAll long seed) {
    TestData data = new TestData(seed);
    int so = data.below(9);
    int fo = data.below(9);
    int yo = data.below(9);
    check(
        new float[][] {
          data.values(so + PANEL + 3, 1f),
          data.values(fo + rows, 1f),
          data.values(yo + rows * PANEL, 1f)
        },
        1e-5,
        (kernels, a) -> {
          kernels.rows().addScaledRows(a[0], so, a[1], fo, a[2], yo, rows);
          return 0;
        },
        a -> {
          for (int r = 0; r < rows; r++) {
            for (int l = 0; l < PANEL; l++) {
              a[0][so + l] += a[1][fo + r] * a[2][yo + r * PANEL + l];
            }
          }
          return 0;
        });
  }

  /** Room for the rows, and an odd number of lines of 16 floats. */
  @Test
  void columnsLieAnOddNumberOfLinesApart() {
    for (int rows = 0; rows <= 600; rows++) {
      int stride = Kernels.columnsStride(rows);
      assertTrue(stride >= Kernels.packedLength(rows, QUAD), rows + " rows");
      assertTrue(stride < Kernels.packedLength(rows, QUAD) + 2 * 16, rows + " rows");
      assertEquals(16, stride % 32, rows + " rows");
    }
  }

  @Property
  void copyPanels(@ForAll @IntRange(max = 9) int panels, @ForAll long seed) {
    TestData data = new TestData(seed);
    int yo = data.below(9);
    int xo = data.below(9);
    int xps = PANEL + data.below(40);
    int yps = PANEL + data.below(40);
    check(
        new float[][] {data.values(yo + panels * yps + 3, 1f), data.values(xo + panels * xps, 1f)},
        0,
        (kernels, a) -> {
          kernels.products().copyPanels(a[0], yo, yps, a[1], xo, xps, panels);
          return 0;
        },
        a -> {
          for (int i = 0; i < panels * PANEL; i++) {
            a[0][yo + i / PANEL * yps + i % PANEL] = a[1][xo + i / PANEL * xps + i % PANEL];
          }
          return 0;
        });
  }

  @Property
  void combineRows(@ForAll @IntRange(max = 20) int rows, @ForAll long seed) {
    TestData data = new TestData(seed);
    int yo = data.below(9);
    int fo = data.below(9);
    int xo = data.below(9);
    int xs = PANEL + data.below(2) * data.below(40);
    check(
        new float[][] {
          data.values(yo + PANEL + 3, 1f),
          data.values(fo + rows, 1f),
          data.values(xo + rows * xs + PANEL, 1f)
        },
        1e-5,
        (kernels, a) -> {
          kernels.rows().combineRows(a[0], yo, a[1], fo, a[2], xo, xs, rows);
          return 0;
        },
        a -> {
          for (int r = 0; r < rows; r++) {
            for (int l = 0; l < PANEL; l++) {
              a[0][yo + l] += a[1][fo + r] * a[2][xo + r * xs + l];
            }
          }
          return 0;
        });
  }

  /** Rows around the borders of the tiles, columns around those of vectors and blocks. */
  @Property
  void blockProduct(
      @ForAll @IntRange(max = 40) int rows,
      @ForAll("columnsOfBlocks") int columns,
      @ForAll @IntRange(max = 4) int panels,
      @ForAll long seed) {
    checkBlockProduct(rows, columns, panels, seed);
  }

  @Provide
  Arbitrary<Integer> columnsOfBlocks() {
    return Arbitraries.of(0, 1, 8, 15, 16, 17, 31, 32, 33, 48, 49, 64, 70, 96);
  }

  /** Rows around those that are packed at a time. */
  @Property(tries = 20)
  void blockProductOfManyRows(@ForAll @IntRange(min = 44, max = 110) int rows, @ForAll long seed) {
    checkBlockProduct(rows, 48, 2, seed);
  }

  private static void checkBlockProduct(int rows, int columns, int panels, long seed) {
    TestData data = new TestData(seed);
    int co = data.below(9);
    int cps = rows * PANEL + data.below(9);
    int yo = data.below(9);
    int yps = rows * PANEL + data.below(9);
    int bo = data.below(9);
    int blocks = Math.ceilDiv(columns, PANEL);
    float[][] arrays = {
      data.values(co + blocks * cps + 5, 9f),
      data.values(yo + panels * yps + data.below(2), 1f),
      data.values(bo + blocks * panels * PANEL * PANEL + data.below(2), 1f)
    };
    check(
        arrays,
        1e-4,
        (kernels, a) -> {
          float[] scratch = new float[Kernels.blockScratch(panels)];
          kernels
              .products()
              .blockProduct(a[0], co, cps, a[1], yo, yps, a[2], bo, scratch, panels, rows, columns);
          for (int r = 0; r < rows && columns % PANEL > 0; r++) {
            int last = co + (blocks - 1) * cps + r * PANEL;
            Arrays.fill(a[0], last + columns % PANEL, last + PANEL, 0f); // undefined
          }
          return 0;
        },
        a -> {
          for (int j = 0; j < blocks * PANEL; j++) {
            for (int r = 0; r < rows; r++) {
              double sum = 0;
              for (int i = 0; i < panels * PANEL && j < columns; i++) {
                double y = a[1][yo + i / PANEL * yps + r * PANEL + i % PANEL];
                sum += y * a[2][bo + (j / PANEL * panels * PANEL + i) * PANEL + j % PANEL];
              }
              a[0][co + j / PANEL * cps + r * PANEL + j % PANEL] = sum;
            }
          }
          return 0;
        });
  }

  @Property
  void laneProducts(
      @ForAll @IntRange(max = 26) int rows,
      @ForAll @IntRange(max = 13) int K,
      @ForAll @IntRange(max = 4) int panels,
      @ForAll long seed) {
    TestData data = new TestData(seed);
    int so = data.below(9);
    int ss = K * Kernels.LANES + data.below(9);
    int yo = data.below(9);
    int yps = rows * PANEL + data.below(9);
    int wo = data.below(9);
    int wps = K * PANEL + data.below(9);
    float[][] arrays = {
      data.values(so + rows * ss + 5, 1f),
      data.values(yo + panels * yps + data.below(2), 1f),
      data.values(wo + panels * wps + data.below(2), 1f)
    };
    check(
        arrays,
        1e-5,
        (kernels, a) -> {
          kernels
              .products()
              .laneProducts(a[0], so, ss, a[1], yo, yps, a[2], wo, wps, panels, rows, K);
          return 0;
        },
        a -> {
          for (int r = 0; r < rows; r++) {
            for (int k = 0; k < K; k++) {
              for (int j = 0; j < Kernels.LANES; j++) {
                double sum = 0;
                for (int p = 0; p < panels; p++) {
                  for (int l = j; l < PANEL; l += Kernels.LANES) {
                    double v = a[1][yo + p * yps + r * PANEL + l];
                    sum += v * a[2][wo + p * wps + k * PANEL + l];
                  }
                }
                a[0][so + r * ss + k * Kernels.LANES + j] = sum;
              }
            }
          }
          return 0;
        });
  }

  @Property
  void lanesAtLeast(@ForAll @IntRange(max = 9) int rows, @ForAll long seed) {
    TestData data = new TestData(seed);
    int yo = data.below(9);
    float[] y = new float[yo + rows * PANEL];
    for (int i = 0; i < y.length; i++) {
      y[i] = data.below(7) == 0 ? Float.NaN : data.below(5); // many ties
    }
    float[] threshold = new float[rows];
    for (int r = 0; r < rows; r++) {
      threshold[r] = data.below(6);
    }
    check(
        new float[][] {y, threshold, new float[2 * rows]},
        0,
        (kernels, a) -> {
          int[] lanes = new int[rows];
          kernels.rows().lanesAtLeast(lanes, a[0], yo, a[1], rows);
          for (int r = 0; r < rows; r++) { // all bits of an int are more than a float holds
            a[2][2 * r] = lanes[r] & 0xffff;
            a[2][2 * r + 1] = lanes[r] >>> 16;
          }
          return 0;
        },
        a -> {
          for (int r = 0; r < rows; r++) {
            for (int l = 0; l < PANEL; l++) {
              if (a[0][yo + r * PANEL + l] >= a[1][r]) {
                a[2][2 * r + l / 16] += 1 << l % 16;
              }
            }
          }
          return 0;
        });
  }

  @Property
  void rowCountAtLeast(@ForAll @IntRange(max = 5) int panels, @ForAll long seed) {
    TestData data = new TestData(seed);
    PanelRow row = PanelRow.of(data, panels, 1f);
    for (int i = 0; i < row.values.length; i++) {
      row.values[i] = data.below(5); // many ties
    }
    float threshold = data.below(6);
    check(
        new float[][] {row.values},
        0,
        (kernels, a) ->
            kernels.rows().rowCountAtLeast(a[0], row.offset, row.stride, panels, threshold),
        a -> {
          int count = 0;
          for (int j = 0; j < row.size(); j++) {
            count += a[0][row.index(j)] >= threshold ? 1 : 0;
          }
          return count;
        });
  }

  @Property
  void gruForward(@ForAll @IntRange(max = 70) int H, @ForAll boolean saturated, @ForAll long seed) {
    TestData data = new TestData(seed);
    int xo = data.below(9);
    int ho = data.below(9);
    float scale = saturated ? 20f : 2f;
    float[][] arrays = {
      data.values(xo + 3 * H + 9, scale),
      data.values(ho + 3 * H + 9, scale),
      data.values(xo + H + 9, 1f),
      data.values(ho + H + 9, 9f)
    };
    check(
        arrays,
        1e-5,
        (kernels, a) -> {
          kernels.elements().gruForward(a[0], xo, a[1], ho, a[2], xo, a[3], ho, H);
          return 0;
        },
        a -> {
          for (int i = 0; i < H; i++) {
            double r = PlainGru4Rec.FILE.sigmoid(a[0][xo + i] + a[1][ho + i]);
            double z = PlainGru4Rec.FILE.sigmoid(a[0][xo + H + i] + a[1][ho + H + i]);
            double n = StrictMath.tanh(a[0][xo + 2 * H + i] + r * a[1][ho + 2 * H + i]);
            a[0][xo + i] = r;
            a[0][xo + H + i] = z;
            a[0][xo + 2 * H + i] = n;
            a[3][ho + i] = (1 - z) * n + z * a[2][xo + i];
          }
          return 0;
        });
  }

  @Property
  void gruBackward(@ForAll @IntRange(max = 70) int H, @ForAll long seed) {
    TestData data = new TestData(seed);
    int xo = data.below(9);
    int ho = data.below(9);
    float[][] arrays = {
      data.values(xo + 3 * H + 9, 1f),
      data.values(ho + 3 * H + 9, 1f),
      data.values(xo + H + 9, 1f),
      data.values(ho + H + 9, 1f),
      data.values(xo + H + 9, 1f)
    };
    for (int i = 0; i < 2 * H; i++) {
      arrays[0][xo + i] = Math.abs(arrays[0][xo + i]); // r and z
    }
    check(
        arrays,
        1e-5,
        (kernels, a) -> {
          kernels.elements().gruBackward(a[0], xo, a[1], ho, a[2], xo, a[3], ho, a[4], xo, H);
          return 0;
        },
        a -> {
          for (int i = 0; i < H; i++) {
            double r = a[0][xo + i];
            double z = a[0][xo + H + i];
            double n = a[0][xo + 2 * H + i];
            double d = a[3][ho + i];
            double dn = d * (1 - z) * (1 - n * n);
            double dz = d * (a[2][xo + i] - n) * z * (1 - z);
            double dr = dn * a[1][ho + 2 * H + i] * r * (1 - r);
            a[0][xo + i] = dr;
            a[0][xo + H + i] = dz;
            a[0][xo + 2 * H + i] = dn;
            a[1][ho + i] = dr;
            a[1][ho + H + i] = dz;
            a[1][ho + 2 * H + i] = dn * r;
            a[4][xo + i] += z * d;
          }
          return 0;
        });
  }

  @Property
  void functions(
      @ForAll @IntRange(max = 70) int n, @ForAll @IntRange(max = 2) int which, @ForAll long seed) {
    TestData data = new TestData(seed);
    int yo = data.below(9);
    int xo = data.below(9);
    float[][] arrays = {data.values(yo + n + 9, 9f), data.values(xo + n + 9, 50f)};
    for (int i = 0; i < n; i++) {
      if (data.below(4) == 0) {
        arrays[1][xo + i] = MathTest.SPECIAL[data.below(MathTest.SPECIAL.length)];
      }
    }
    check(
        arrays,
        1e-6,
        (kernels, a) -> {
          switch (which) {
            case 0 -> kernels.elements().exp(a[0], yo, a[1], xo, n);
            case 1 -> kernels.elements().sigmoid(a[0], yo, a[1], xo, n);
            default -> kernels.elements().tanh(a[0], yo, a[1], xo, n);
          }
          return 0;
        },
        a -> {
          for (int i = 0; i < n; i++) {
            double x = a[1][xo + i];
            double exp = StrictMath.exp(x);
            a[0][yo + i] =
                switch (which) {
                  case 0 -> exp > Float.MAX_VALUE ? Double.POSITIVE_INFINITY : exp;
                  case 1 -> PlainGru4Rec.FILE.sigmoid(x);
                  default -> StrictMath.tanh(x);
                };
          }
          return 0;
        });
  }

  @Property
  void multiplyAndAxpy(@ForAll @IntRange(max = 100) int n, @ForAll long seed) {
    TestData data = new TestData(seed);
    int yo = data.below(9);
    int ao = data.below(9);
    int bo = data.below(9);
    float factor = data.value(2f);
    float[][] arrays = {
      data.values(yo + n + 9, 1f), data.values(ao + n + 9, 1f), data.values(bo + n + 9, 1f)
    };
    check(
        arrays,
        1e-6,
        (kernels, a) -> {
          kernels.elements().multiply(a[0], yo, a[1], ao, a[2], bo, n);
          kernels.elements().axpy(factor, a[2], bo, a[1], ao, n);
          return 0;
        },
        a -> {
          for (int i = 0; i < n; i++) {
            a[0][yo + i] = a[1][ao + i] * a[2][bo + i];
            a[1][ao + i] += factor * a[2][bo + i];
          }
          return 0;
        });
  }

  @Property
  void sumOfSquares(@ForAll @IntRange(max = 100) int n, @ForAll long seed) {
    TestData data = new TestData(seed);
    int xo = data.below(9);
    check(
        new float[][] {data.values(xo + n + 9, 1f)},
        1e-6,
        (kernels, a) -> kernels.elements().sumOfSquares(a[0], xo, n),
        a -> {
          double sum = 0;
          for (int i = 0; i < n; i++) {
            sum += a[0][xo + i] * a[0][xo + i];
          }
          return sum;
        });
  }

  @Property
  void dot(@ForAll @IntRange(max = 200) int n, @ForAll long seed) {
    TestData data = new TestData(seed);
    int xo = data.below(9);
    int yo = data.below(9);
    check(
        new float[][] {data.values(xo + n + 9, 1f), data.values(yo + n + 9, 1f)},
        1e-6,
        (kernels, a) -> kernels.elements().dot(a[0], xo, a[1], yo, n),
        a -> {
          double sum = 0;
          for (int i = 0; i < n; i++) {
            sum += a[0][xo + i] * a[1][yo + i];
          }
          return sum;
        });
  }

  @Property
  void adagrad(@ForAll @IntRange(max = 100) int n, @ForAll boolean inside, @ForAll long seed) {
    TestData data = new TestData(seed);
    float epsInside = inside ? 0.1f : 0f;
    float eps = inside ? 0f : 1e-10f;
    int po = data.below(9);
    int so = data.below(9);
    int go = data.below(9);
    float[][] arrays = {
      data.values(po + n + 9, 1f), data.values(so + n + 9, 1f), data.values(go + n + 9, 1f)
    };
    for (int i = 0; i < n; i++) {
      arrays[1][so + i] = Math.abs(arrays[1][so + i]);
      if (data.below(4) == 0) {
        arrays[1][so + i] = 0f;
        arrays[2][go + i] = 0f;
      }
    }
    check(
        arrays,
        1e-5,
        (kernels, a) -> {
          kernels.elements().adagrad(a[0], po, a[1], so, a[2], go, n, 0.7f, 0.03f, epsInside, eps);
          return 0;
        },
        a -> {
          for (int i = 0; i < n; i++) {
            double d = 0.7f * a[2][go + i];
            a[1][so + i] += d * d;
            a[0][po + i] -= 0.03f * d / (Math.sqrt(a[1][so + i] + epsInside) + eps);
          }
          return 0;
        });
  }

  @Property
  void adagradMomentum(@ForAll @IntRange(max = 100) int n, @ForAll long seed) {
    TestData data = new TestData(seed);
    int po = data.below(9);
    int so = data.below(9);
    int go = data.below(9);
    float[][] arrays = {
      data.values(po + n + 9, 1f),
      data.values(so + n + 9, 1f),
      data.values(so + n + 9, 1f),
      data.values(go + n + 9, 1f)
    };
    for (int i = 0; i < n; i++) {
      arrays[1][so + i] = Math.abs(arrays[1][so + i]);
    }
    check(
        arrays,
        1e-5,
        (kernels, a) -> {
          kernels
              .elements()
              .adagradMomentum(
                  a[0], po, a[1], a[2], so, a[3], go, n, 0.7f, 0.03f, 0.1f, 0.01f, 0.4f);
          return 0;
        },
        a -> {
          for (int i = 0; i < n; i++) {
            double d = 0.7f * a[3][go + i];
            a[1][so + i] += d * d;
            double change = d / (Math.sqrt(a[1][so + i] + 0.1f) + 0.01f);
            a[2][so + i] = 0.4f * a[2][so + i] + change;
            a[0][po + i] -= 0.03f * a[2][so + i];
          }
          return 0;
        });
  }

  /** Every step of the pairwise losses, of rows of whole panels. */
  @Property(tries = 200)
  void pairwise(
      @ForAll @IntRange(min = 1, max = 4) int panels, @ForAll boolean far, @ForAll long seed) {
    TestData data = new TestData(seed);
    int n = panels * Kernels.PANEL;
    int xo = data.below(9);
    float[][] arrays = new float[8][];
    for (int i = 0; i < arrays.length; i++) {
      arrays[i] = data.values(xo + n + 9, far ? 4f : 1f);
    }
    arrays[7] = data.values(xo + 2 * n + 9, 1f);
    float c = data.value(1f);
    check(
        arrays,
        1e-3, // the gradients cancel
        (kernels, a) -> {
          PairwiseKernels k = kernels.pairwise();
          k.timesLarger(a[1], a[2], n);
          k.timesEluSlope(0.5f, a[1], a[3], n);
          k.elu(0.5f, a[4], a[1], n);
          k.bprMax(0.3f, c, 0.1f, 0.2f, 0.7f, a[1], a[2], a[3], a[0], xo, a[5], xo, n);
          k.top1(c, a[1], a[4], a[6], xo, n);
          k.top1Max(c, 0.2f, a[2], a[1], a[4], a[6], xo, n);
          k.scaleRow(a[7], xo, 2 * Kernels.PANEL, panels, c);
          k.subtract(a[0], xo, c, a[1], n);
          k.slopes(a[1], a[2], n);
          k.weigh(a[0], xo, a[2], a[3], n);
          k.weighAtMost(c, a[0], xo, a[2], a[4], n);
          return 0;
        },
        a -> {
          for (int i = 0; i < n; i++) {
            a[2][i] *= Math.max(a[1][i], 1 - a[1][i]);
            a[3][i] *= a[1][i] > 0 ? 1 : a[1][i] + 0.5;
            a[1][i] = a[1][i] > 0 ? a[1][i] : 0.5 * (a[4][i] - 1);
            double x = a[0][xo + i];
            double w = a[1][i] * 0.2f;
            double r = a[2][i] * 0.7f;
            a[5][xo + i] = 0.3f * (w - r * a[3][i]) + c * w * (2 * x + x * x - 0.1f);
            double b = a[1][i];
            double s = a[4][i];
            double y = a[6][xo + i];
            y = c * (b * (1 - b) + 2 * y * (s * (1 - s)));
            a[6][xo + i] = c * a[2][i] * (b * (1 - b) + 2 * y * (s * (1 - s)) + b + s - 0.2f);
          }
          for (int p = 0; p < panels; p++) {
            for (int l = 0; l < Kernels.PANEL; l++) {
              a[7][xo + 2 * Kernels.PANEL * p + l] *= c;
            }
          }
          for (int i = 0; i < n; i++) {
            a[1][i] = a[0][xo + i] - c;
            a[2][i] = a[1][i] * (1 - a[1][i]);
            a[3][i] = a[0][xo + i] + a[2][i];
            a[4][i] = Math.min(a[0][xo + i], c) + a[2][i];
          }
          return 0;
        });
  }

  @Property
  void squaresAndZeros(@ForAll @IntRange(min = 1, max = 4) int panels, @ForAll long seed) {
    TestData data = new TestData(seed);
    int n = panels * Kernels.PANEL;
    int xo = data.below(9);
    float c = data.value(1f);
    check(
        new float[][] {
          data.values(xo + n, 3f), new float[n], new float[n], data.values(n, 3f), new float[n]
        },
        1e-6,
        (kernels, a) -> {
          kernels.pairwise().square(a[0], xo, a[1], n);
          kernels.pairwise().subtractFrom(c, a[0], xo, a[2], n);
          kernels.pairwise().atMostZero(a[3], a[4], n);
          return 0;
        },
        a -> {
          for (int i = 0; i < n; i++) {
            a[1][i] = a[0][xo + i] * a[0][xo + i];
            a[2][i] = c - a[0][xo + i];
            a[4][i] = Math.min(a[3][i], 0);
          }
          return 0;
        });
  }

  @Property
  void sgdMomentum(@ForAll @IntRange(max = 100) int n, @ForAll long seed) {
    TestData data = new TestData(seed);
    int po = data.below(9);
    int bo = data.below(9);
    int go = data.below(9);
    float[][] arrays = {
      data.values(po + n + 9, 1f), data.values(bo + n + 9, 1f), data.values(go + n + 9, 1f)
    };
    check(
        arrays,
        1e-6,
        (kernels, a) -> {
          kernels.elements().sgdMomentum(a[0], po, a[1], bo, a[2], go, n, 0.7f, 0.03f, 0.9f);
          return 0;
        },
        a -> {
          for (int i = 0; i < n; i++) {
            a[1][bo + i] = 0.9f * a[1][bo + i] + 0.7f * a[2][go + i];
            a[0][po + i] -= 0.03f * a[1][bo + i];
          }
          return 0;
        });
  }

  /** A gradient as small as epsilon: it is added to the root, and nothing is divided by zero. */
  @Test
  void adagradAddsEpsilon() {
    for (Kernels kernels : all()) {
      int n = 37;
      float[] p = new float[n];
      float[] s = new float[n];
      float[] g = new float[n];
      Arrays.fill(g, 0, 20, 1e-10f);
      kernels.elements().adagrad(p, 0, s, 0, g, 0, n, 1f, 0.5f, 0f, 1e-10f);
      for (int i = 0; i < n; i++) {
        assertEquals(i < 20 ? -0.25f : 0f, p[i], 1e-6f, kernels.description());
      }
    }
  }

  @Test
  void theLargestOfZerosIsPositiveZero() {
    for (Kernels kernels : all()) {
      float[] y = new float[2 * PANEL];
      Arrays.fill(y, -0f);
      assertEquals(
          Float.floatToRawIntBits(0f),
          Float.floatToRawIntBits(kernels.rows().rowMax(y, 0, PANEL, 2)));
    }
  }

  /** A value of {@link Kernels#SMALLEST} or slightly more is kept, a smaller one becomes 0. */
  @Test
  void theSmallestExponentialIsKept() {
    for (Kernels kernels : all()) {
      float max = 3f;
      float[] y = new float[PANEL];
      for (int l = 0; l < PANEL; l++) {
        y[l] = max - (l % 3 == 0 ? 69.078f : 69.077f); // ln(1e-30) is -69.0776
      }
      float sum = kernels.rows().rowExpSum(y, 0, PANEL, 1, max);
      for (int l = 0; l < PANEL; l++) {
        assertEquals(l % 3 == 0 ? 0f : 1e-30f, y[l], 2e-33f, kernels.description());
      }
      assertEquals(21e-30f, sum, 1e-31f);
    }
  }

  /** A sum of exponentials is not a number where a logit is none. */
  @Test
  void aLogitThatIsNotANumberIsSeenInTheSum() {
    for (Kernels kernels : all()) {
      for (int l = 0; l < PANEL; l++) {
        float[] y = new float[PANEL];
        y[l] = Float.NaN;
        assertEquals(Float.NaN, kernels.rows().rowExpSum(y, 0, PANEL, 1, 0f));
        assertEquals(Float.NaN, y[l]);
      }
    }
  }

  /** The kernels there are in this JVM. */
  private static List<Kernels> all() {
    return vectorExecution()
        ? List.of(Kernels.scalar(), Kernels.vector())
        : List.of(Kernels.scalar());
  }

  @Test
  void backendAndOneExponentialAreThoseOfTheKernels() {
    assertEquals(Kernels.get().description(), Backend.description());
    float[] x = {-3.3f, 0f, 1.7f};
    float[] y = new float[3];
    Kernels.get().elements().exp(y, 0, x, 0, 3);
    for (int i = 0; i < 3; i++) {
      assertEquals(y[i], Kernels.exp(x[i]));
    }
  }

  /** The fixed tree: values whose sum depends on the order of additions. */
  @Test
  void lanesAreFoldedByTheFixedTree() {
    float[] lanes = new TestData(1).values(LANES + 3, 1e6f);
    float[] tree = Arrays.copyOfRange(lanes, 3, 3 + LANES);
    for (int step = LANES / 2; step > 0; step /= 2) {
      for (int l = 0; l < step; l++) {
        tree[l] += tree[l + step];
      }
    }
    assertEquals(tree[0], ScalarMath.foldLanes(lanes, 3));
  }
}
