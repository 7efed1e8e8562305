// GRU4Rec in one file: a network that reads what somebody clicked and says what they will click next.
// Nothing is hidden, nothing is fast, and nothing is needed but a JDK 25:
//   java PlainGru4Rec.java sessions.tsv              trains, then recommends for the last session of the file
//   java PlainGru4Rec.java sessions.tsv shoe sock    trains, then recommends after a shoe and a sock
// In words of Python: new double[n] is n zeros, a record is a named tuple, and c ? a : b is a if c else b.
// The page tour.md derives the equations; the headings here name its sections, and the letters are the same:
//   V classes: the items, and last the pad token   E numbers describe an item   H numbers describe a session so far
//   B sessions are trained on at once   T time steps make a chunk   M pairs of a click and the next one are in a chunk
// A matrix (V, E) is a double[V][E]; x[m] is its row m. da is the derivative of the loss by a, and has the shape of a.
// What is used in several places has the sum of their derivatives: backward functions add (+=) to what they are given.

// ---- The parameters ----
// All numbers that training changes. Their gradients and Adagrad's sums have the same shapes: they are Networks too.
record Network(
    double[][] table, // (V, E) the embedding: row j describes item j
    double[][] Wih, // (3H, E) from the input: H rows for gate r, H for z, H for n
    double[][] Whh, // (3H, H) from the hidden state, in the same order
    double[] bih, double[] bhh, // (3H) each: what is added to the products with Wih and Whh
    double[][] W, // (V, H) the output layer: row j gives the score of class j
    double[] b) { // (V)
  static Network zeros(int V, int E, int H) {
    return new Network(new double[V][E], new double[3 * H][E], new double[3 * H][H], new double[3 * H],
        new double[3 * H], new double[V][H], new double[V]);
  }

  // Every row of every matrix, for code that treats all numbers alike.
  double[][] rows() {
    return Stream.of(table, Wih, Whh, W, new double[][] {bih, bhh, b}).flatMap(Stream::of).toArray(double[][]::new);
  }
}

// ---- The embedding (tour, section 2) ----
// x_m = table[item_m]. From items (M) to x (M, E).
double[][] embeddingForward(double[][] table, int[] items) {
  double[][] x = new double[items.length][];
  for (int m = 0; m < items.length; m++) x[m] = table[items[m]];
  return x;
}

// dtable[item_m] += dx_m. An item that occurs twice gets two terms.
void embeddingBackward(double[][] dtable, int[] items, double[][] dx) {
  for (int m = 0; m < items.length; m++)
    for (int k = 0; k < dx[m].length; k++) dtable[items[m]][k] += dx[m][k];
}

// ---- A product (tour, section 4) ----
// y = W x + b. From x (I) to y (O), with W (O, I) and b (O).
double[] productForward(double[][] W, double[] b, double[] x) {
  double[] y = new double[b.length];
  for (int i = 0; i < y.length; i++) {
    double sum = b[i];
    for (int k = 0; k < x.length; k++) sum += W[i][k] * x[k]; // y_i = Σ_k W_ik x_k + b_i
    y[i] = sum;
  }
  return y;
}

// dW += dy xᵀ, db += dy, dx += Wᵀ dy.
void productBackward(double[][] W, double[] x, double[] dy, double[][] dW, double[] db, double[] dx) {
  for (int i = 0; i < dy.length; i++) {
    db[i] += dy[i];
    for (int k = 0; k < x.length; k++) dW[i][k] += dy[i] * x[k];
    for (int k = 0; k < x.length; k++) dx[k] += W[i][k] * dy[i];
  }
}

// ---- The GRU takes a click (tour, section 3) ----
// A click's x (E) and the state h (H) before it; the gates, gh_n and the next state h', each (H), are made of them.
record Click(double[] x, double[] h, double[] r, double[] z, double[] n, double[] ghn, double[] next) {}

Click clickForward(Network net, double[] x, double[] h) {
  int H = h.length;
  double[] gx = productForward(net.Wih, net.bih, x); // gx = Wih x + bih, (3H)
  double[] gh = productForward(net.Whh, net.bhh, h); // gh = Whh h + bhh, (3H)
  Click c = new Click(x, h, new double[H], new double[H], new double[H], new double[H], new double[H]);
  for (int i = 0; i < H; i++) {
    c.r[i] = sigmoid(gx[i] + gh[i]);                       // reset gate   r = σ(gx_r + gh_r)
    c.z[i] = sigmoid(gx[H + i] + gh[H + i]);               // update gate  z = σ(gx_z + gh_z)
    c.ghn[i] = gh[2 * H + i];
    c.n[i] = Math.tanh(gx[2 * H + i] + c.r[i] * c.ghn[i]); // candidate    n = tanh(gx_n + r ⊙ gh_n)
    c.next[i] = (1 - c.z[i]) * c.n[i] + c.z[i] * h[i];     // next state   h' = (1 - z) ⊙ n + z ⊙ h
  }
  return c;
}

double sigmoid(double a) { return 1 / (1 + Math.exp(-a)); } // σ

// ---- The same click backward (tour, section 4) ----
// From dh' (H) to dh (H), which is returned, and dx (E): the equations of clickForward from the last to the first.
double[] clickBackward(Network net, Network d, Click c, double[] dnext, double[] dx) {
  int H = dnext.length;
  double[] dgx = new double[3 * H], dgh = new double[3 * H], dh = new double[H];
  for (int i = 0; i < H; i++) {
    double dn = dnext[i] * (1 - c.z[i]);      // dn = dh' ⊙ (1 - z)
    double dz = dnext[i] * (c.h[i] - c.n[i]); // dz = dh' ⊙ (h - n)
    dh[i] = dnext[i] * c.z[i];                // dh = dh' ⊙ z, and more below
    double dan = dn * (1 - c.n[i] * c.n[i]);  // da_n = dn ⊙ (1 - n²), since tanh' = 1 - tanh²
    double daz = dz * c.z[i] * (1 - c.z[i]);  // da_z = dz ⊙ z ⊙ (1 - z), since σ' = σ (1 - σ)
    double dr = dan * c.ghn[i];               // dr = da_n ⊙ gh_n
    double dar = dr * c.r[i] * (1 - c.r[i]);  // da_r = dr ⊙ r ⊙ (1 - r)
    dgx[i] = dgh[i] = dar;
    dgx[H + i] = dgh[H + i] = daz;
    dgx[2 * H + i] = dan;                     // dgx = (da_r, da_z, da_n)
    dgh[2 * H + i] = dan * c.r[i];            // dgh = (da_r, da_z, da_n ⊙ r)
  }
  productBackward(net.Wih, c.x, dgx, d.Wih, d.bih, dx);
  productBackward(net.Whh, c.h, dgh, d.Whh, d.bhh, dh);
  return dh;
}

// ---- The GRU through time (tour, section 5) ----
// From x (M, E) to M clicks, packed by time: the rows of all sessions at time step 0, then at time step 1, and so on.
// At time step t the first active[t] (B_t) sessions still go on. state (B, H) has the state of each, and moves on.
Click[] gruForward(Network net, double[][] x, int[] active, double[][] state) {
  Click[] clicks = new Click[x.length];
  int m = 0;
  for (int t = 0; t < active.length; t++) {
    for (int b = 0; b < active[t]; b++, m++) {
      clicks[m] = clickForward(net, x[m], state[b]);
      state[b] = clicks[m].next;
    }
  }
  return clicks;
}

// From dout (M, H), what the output layer says of each state, to dx (M, E), which is returned.
double[][] gruBackward(Network net, Network d, Click[] clicks, int[] active, double[][] dout) {
  double[][] dx = new double[clicks.length][net.Wih[0].length];
  double[][] dh = new double[active[0]][net.Whh[0].length]; // the gradient from time step t + 1: at first none
  int m = clicks.length;
  for (int t = active.length - 1; t >= 0; t--) {
    for (int b = active[t] - 1; b >= 0; b--) {
      m--;
      for (int i = 0; i < dh[b].length; i++) dh[b][i] += dout[m][i]; // dh_t: of the output layer + of time step t + 1
      dh[b] = clickBackward(net, d, clicks[m], dh[b], dx[m]);
    }
  }
  return dx; // the gradient of the state before the first time step is dropped: here the way back ends
}

// ---- Softmax and cross-entropy (tour, section 7) ----
// ℓ = -log p_y = log Σ_k e^{s_k} - s_y, with y the item clicked next. From scores s (V); fills p (V), probabilities.
double crossEntropyForward(double[] s, int y, double[] p) {
  double max = Arrays.stream(s).max().getAsDouble(); // taken off all scores: p stays the same, e^s cannot overflow
  for (int j = 0; j < s.length; j++) p[j] = Math.exp(s[j] - max);
  double sum = Arrays.stream(p).sum();
  for (int j = 0; j < s.length; j++) p[j] /= sum; // p_j = e^{s_j} / Σ_k e^{s_k}
  return max + Math.log(sum) - s[y];
}

// ds_j = (p_j - [j = y]) dℓ.
double[] crossEntropyBackward(double[] p, int y, double dloss) {
  double[] ds = new double[p.length];
  for (int j = 0; j < p.length; j++) ds[j] = (p[j] - (j == y ? 1 : 0)) * dloss;
  return ds;
}

// ---- The network (tour, section 6) ----
// Forward through all layers and back. Returns the mean loss of a chunk, adds its gradients to d, moves the states on.
double lossAndGradient(Network net, Network d, Chunk chunk, double[][] state) {
  int M = chunk.items.length;
  double[][] x = embeddingForward(net.table, chunk.items);
  Click[] clicks = gruForward(net, x, chunk.active, state);
  double loss = 0;
  double[][] dout = new double[M][net.W[0].length];
  for (int m = 0; m < M; m++) { // the output layer, row by row
    double[] p = new double[net.b.length];
    double[] s = productForward(net.W, net.b, clicks[m].next);
    loss += crossEntropyForward(s, chunk.targets[m], p) / M;
    double[] ds = crossEntropyBackward(p, chunk.targets[m], 1.0 / M);
    productBackward(net.W, clicks[m].next, ds, d.W, d.b, dout[m]);
  }
  double[][] dx = gruBackward(net, d, clicks, chunk.active, dout);
  embeddingBackward(d.table, chunk.items, dx);
  return loss;
}

// ---- Clipping and Adagrad (tour, section 11) ----
// Moves every number p against its gradient g. Adagrad remembers s, the sum of the squares of all gradients p ever had.
void adagrad(Network net, Network d, Network sums, double learningRate, double clipnorm) {
  double[][] p = net.rows(), g = d.rows(), s = sums.rows();
  double squares = 0;
  for (double[] row : g) for (double value : row) squares += value * value;
  double c = Math.min(1, clipnorm / (Math.sqrt(squares) + 1e-6)); // ‖g‖ = √squares, of all gradients together
  for (int i = 0; i < p.length; i++) {
    for (int k = 0; k < p[i].length; k++) {
      double clipped = c * g[i][k];
      s[i][k] += clipped * clipped;                                     // s += g²
      p[i][k] -= learningRate * clipped / (Math.sqrt(s[i][k]) + 1e-10); // p -= η g / (√s + 10⁻¹⁰)
    }
  }
}

// ---- Batches and chunks ----
// M pairs of a click and the next one, packed by time: active[t] of them at time step t.
record Chunk(int[] items, int[] targets, int[] active) {}

// Cuts a batch, as wide as its longest session, into chunks of about equal width: 7 and bptt 3 give 3, 2 and 2.
List<Chunk> chunks(int[][] batch, int bptt) {
  List<Chunk> chunks = new ArrayList<>();
  int width = batch[0].length, count = Math.ceilDiv(width, bptt), t = 0;
  for (int i = 0; i < count && t + 1 < width; i++) { // nothing is clicked after the last column
    IntStream.Builder items = IntStream.builder(), targets = IntStream.builder(), active = IntStream.builder();
    int end = t + width / count + (i < width % count ? 1 : 0);
    for (; t < end && t + 1 < width; t++) {
      int b = 0;
      for (; b < batch.length && t + 1 < batch[b].length; b++) { // nor after a session's last click
        items.add(batch[b][t]);
        targets.add(batch[b][t + 1]);
      }
      active.add(b);
    }
    chunks.add(new Chunk(items.build().toArray(), targets.build().toArray(), active.build().toArray()));
  }
  return chunks;
}

// ---- Training ----
// One epoch: all sessions, in batches of B, the longest of a batch first. Returns the mean loss over all pairs.
double train(Network net, Network sums, int[][] sessions, int B, int bptt, double learningRate, double clipnorm) {
  int E = net.table[0].length, H = net.W[0].length, pairs = 0;
  double loss = 0;
  for (int from = 0; from < sessions.length; from += B) {
    int[][] batch = Arrays.copyOfRange(sessions, from, Math.min(from + B, sessions.length));
    Arrays.sort(batch, Comparator.comparing(session -> -session.length)); // equal lengths keep their order
    double[][] state = new double[batch.length][H]; // sessions begin with zeros; a chunk goes on where the last ended
    for (Chunk chunk : chunks(batch, bptt)) {
      Network d = Network.zeros(net.b.length, E, H);
      loss += lossAndGradient(net, d, chunk, state) * chunk.items.length;
      adagrad(net, d, sums, learningRate, clipnorm);
      pairs += chunk.items.length;
    }
  }
  return loss / pairs;
}

// The scores (V) after some items: the best are what is most likely clicked next.
double[] predict(Network net, int[] items) {
  double[] h = new double[net.W[0].length];
  for (double[] x : embeddingForward(net.table, items)) h = clickForward(net, x, h).next;
  return productForward(net.W, net.b, h);
}

// ---- Reading sessions, and the program ----
// The name of each item, and each session: the numbers of its items in the order of time.
record Sessions(List<String> names, int[][] items) {}

// Reads a line with the words SessionId, ItemId and Time, then a line for each click, with tabs between.
Sessions read(Path file) throws IOException {
  record Row(int item, double time) {}
  if (!Files.exists(file)) throw new IllegalArgumentException("there is no file " + file);
  List<String> lines = Files.readAllLines(file);
  List<String> header = lines.isEmpty() ? List.of() : List.of(lines.get(0).split("\t"));
  Map<String, Integer> numbers = new LinkedHashMap<>(); // of items, from 0, as they come
  Map<String, List<Row>> sessions = new LinkedHashMap<>();
  for (int i = 1; i < lines.size(); i++) {
    if (lines.get(i).isBlank()) continue;
    String[] cells = lines.get(i).split("\t");
    try {
      int item = numbers.computeIfAbsent(cells[header.indexOf("ItemId")], name -> numbers.size());
      Row row = new Row(item, Double.parseDouble(cells[header.indexOf("Time")]));
      sessions.computeIfAbsent(cells[header.indexOf("SessionId")], id -> new ArrayList<>()).add(row);
    } catch (IndexOutOfBoundsException | NumberFormatException e) {
      throw new IllegalArgumentException(file + ", line " + (i + 1) + ": SessionId, ItemId and Time, which is a number,"
          + " must be in the columns that line 1 names so, with tabs between; got: " + lines.get(i));
    }
  }
  if (sessions.values().stream().allMatch(rows -> rows.size() < 2))
    throw new IllegalArgumentException(file + " has no session of two clicks");
  return new Sessions(List.copyOf(numbers.keySet()), sessions.values().stream()
      .map(rows -> rows.stream().sorted(Comparator.comparing(Row::time)).mapToInt(Row::item).toArray())
      .toArray(int[][]::new));
}

// Trains on a file, and prints the 20 best next items of a session.
void main(String[] args) throws IOException {
  try {
    if (args.length == 0) throw new IllegalArgumentException("usage: java PlainGru4Rec.java sessions.tsv [item ...]");
    Sessions data = read(Path.of(args[0]));
    for (String item : List.of(args).subList(1, args.length))
      if (!data.names.contains(item)) throw new IllegalArgumentException("no session has the item " + item);
    int[] asked = Stream.of(args).skip(1).mapToInt(data.names::indexOf).toArray();
    int[] session = asked.length > 0 ? asked : data.items[data.items.length - 1];
    int V = data.names.size() + 1, E = 250, H = 100, B = 512, bptt = 8, epochs = 5;
    double learningRate = 0.03, clipnorm = 1; // RecPack's defaults, but for bptt, which is 1 there
    Network net = Network.zeros(V, E, H), sums = Network.zeros(V, E, H);
    Random random = new Random(42);
    for (double[] row : net.rows()) Arrays.setAll(row, k -> random.nextDouble(-0.01, 0.01));
    for (int epoch = 1; epoch <= epochs; epoch++)
      System.out.printf(Locale.ROOT, "epoch %d: loss %.4f%n", epoch,
          train(net, sums, data.items, B, bptt, learningRate, clipnorm));
    double[] s = predict(net, session);
    System.out.println("after " + IntStream.of(session).mapToObj(data.names::get).toList() + ", by score:");
    IntStream.range(0, V - 1).boxed().sorted(Comparator.comparing(j -> -s[j])).limit(20)
        .forEach(j -> System.out.printf(Locale.ROOT, "%.4f  %s%n", s[j], data.names.get(j)));
  } catch (IllegalArgumentException e) {
    System.err.println(e.getMessage());
    System.exit(1);
  }
}
