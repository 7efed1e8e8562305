package io.gru4j.tensor.kernel;

/**
 * Products of matrices, and what brings their factors into place; each defined element by element.
 *
 * <p>A weight matrix of {@code N} outputs and {@code K} inputs is stored in <em>panels</em> of
 * {@link Kernels#PANEL} outputs: {@code w[panel][k][lane]}, output {@code panel * 32 + lane}. The
 * product, its two gradients and the optimizer then all read and write it in order. A block of
 * results {@code y[panel][row][lane]} has its rows 32 apart, and a stride from panel to panel
 * ({@code ps}).
 */
public sealed interface ProductKernels permits ScalarProducts, VectorProducts {

  /**
   * The product of a packed block by a panel, {@code c[r][l] = init[r][l] + sum_k a[r][k] *
   * b[k][l]}: for each element one fused chain over ascending {@code k} that starts with {@code
   * init}. All three products of a linear layer are of this kind: its output, with {@code a} its
   * input, {@code b} a panel of its weights and {@code init} the bias; the gradient of a panel of
   * its weights, with {@code a} the input transposed and {@code b} the output's gradient; the
   * gradient of its input, with {@code a} the output's gradient and {@code b} the weights
   * transposed.
   *
   * <p>In a packed block the rows lie in quads, {@code a[r / 4][k][r % 4]}: see {@link #packRows}
   * and {@link #packColumns}. What stands in the places of rows that are not there does not matter.
   *
   * @param c out: {@code rows} rows, {@code cs} apart, at least {@link Kernels#PANEL}; may be
   *     {@code init}, if {@code io = co} and {@code is = cs}
   * @param init the start, rows {@code is} apart: 0 if it is the same for all
   * @param a packed: {@code rows} rows of {@code K} values, quads {@code ap} apart
   * @param b {@code K} rows, {@link Kernels#PANEL} apart
   * @param columns 1 to {@link Kernels#PANEL}; what stands behind them in a row of {@code c} is
   *     undefined, so all {@link Kernels#PANEL} values of a row of {@code c} and {@code init} must
   *     exist
   */
  void product(
      float[] c,
      int co,
      int cs,
      float[] init,
      int io,
      int is,
      float[] a,
      int ao,
      int ap,
      float[] b,
      int bo,
      int rows,
      int K,
      int columns);

  /**
   * Returns how many k it is best to give {@link #product} at a time: fewer fit a nearer cache, but
   * c comes and goes more often. The bits are the same.
   */
  int productDepth();

  /**
   * Packs a block for {@link #product}, {@code y[r / 4][k][r % 4] = x[r][k]}; places of rows that
   * are not there stay.
   *
   * @param y out: quads {@code yp} apart
   * @param x {@code rows} rows of {@code K} values, {@code xs} apart
   */
  void packRows(float[] y, int yo, int yp, float[] x, int xo, int xs, int rows, int K);

  /**
   * Packs a transposed block for {@link #product}, {@code y[r / 4][k][r % 4] = x[k][r]}; places of
   * rows that are not there stay.
   *
   * @param y out: quads {@code yp} apart
   * @param x {@code K} rows of {@code rows} values, {@code xs} apart
   */
  void packColumns(float[] y, int yo, int yp, float[] x, int xo, int xs, int rows, int K);

  /**
   * Copies parts of 32 values, {@code y[p][l] = x[p][l]}: a row of a matrix, whose parts lie {@link
   * Kernels#PANEL} apart, to the panels, or back.
   *
   * @param y out: the parts {@code yps} apart
   * @param x the parts {@code xps} apart
   */
  void copyPanels(float[] y, int yo, int yps, float[] x, int xo, int xps, int panels);

  /**
   * Transposes a block, {@code y[c][r] = x[r][c]}.
   *
   * @param y out: {@code columns} rows, {@code ys} apart; what stands behind {@code rows} in one
   *     stays
   * @param x {@code rows} rows, {@code xs} apart
   */
  void transpose(float[] y, int yo, int ys, float[] x, int xo, int xs, int rows, int columns);

  /**
   * The product of a block of results by a matrix, {@code c[r][j] = sum_i y[r][i] * b[i][j]}: for
   * each element one fused chain from 0 over ascending {@code i}. With {@code b} a part of the
   * weights, transposed, it is the gradient of a linear layer's input. Unlike in {@link #product}
   * the rows are not packed; where that is faster, it is done here.
   *
   * @param c out, another array than {@code y} and {@code b}: {@code rows} rows of 32 columns,
   *     {@link Kernels#PANEL} apart, then the next 32 columns, {@code cps} further. What stands
   *     behind {@code columns} in a row is undefined, so all of its 32 values must exist
   * @param y panels {@code yps} apart, of {@code rows} rows of 32 values
   * @param b 32 columns of all its {@code 32 panels} rows, {@link Kernels#PANEL} apart, then the
   *     next 32
   * @param scratch at least {@link Kernels#blockScratch} long; what it holds afterwards does not
   *     matter
   * @param panels may be 0, and so may {@code rows} and {@code columns}
   */
  void blockProduct(
      float[] c,
      int co,
      int cps,
      float[] y,
      int yo,
      int yps,
      float[] b,
      int bo,
      float[] scratch,
      int panels,
      int rows,
      int columns);

  /**
   * Products summed over the lanes of panels, kept on 16 virtual lanes: {@code sums[r][k][j]} is
   * one fused chain from 0 over ascending {@code p} of {@code y[r][p][l] * w[p][k][l]}, lane {@code
   * l = j} before {@code l = j + 16}. Folded over {@code j} it is the gradient of a linear layer's
   * input, {@code sum_classes y[r][class] * w[class][k]}; unlike {@link #blockProduct} it takes the
   * weights as they lie, so for few rows it costs less.
   *
   * @param sums out: {@code rows} rows, {@code ss} apart, of {@code K} times 16 values
   * @param y panels {@code yps} apart, of {@code rows} rows of 32 lanes
   * @param w panels {@code wps} apart, not 0, of {@code K} rows of 32 lanes
   */
  void laneProducts(
      float[] sums,
      int so,
      int ss,
      float[] y,
      int yo,
      int yps,
      float[] w,
      int wo,
      int wps,
      int panels,
      int rows,
      int K);

  /**
   * Sums on 16 virtual lanes, {@code y[i]} = the sum of {@code x[16 i]} to {@code x[16 i + 15]}:
   * halves, added pairwise.
   */
  void foldLanes(float[] y, int yo, float[] x, int xo, int n);
}
