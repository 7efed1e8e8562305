package io.gru4j.bench;

import static io.gru4j.parameters.GRU4RecOptions.LOGQ;
import static io.gru4j.parameters.GRU4RecOptions.NUM_SAMPLES;
import static io.gru4j.parameters.GRU4RecOptions.SAMPLE_ALPHA;
import static io.gru4j.parameters.GRU4RecParameters.BATCH_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.SEED;

import io.gru4j.data.InteractionMatrix;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.tensor.ItemSampler;
import io.gru4j.tensor.RandomStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;

/**
 * The steps of gru4j's session-parallel training with the same parameters, one after the other for
 * ever: the same clicks, targets and samples.
 */
final class TorchSampledSteps {

  private static final int NONE = -1;
  private static final int NEGATIVES = 5; // gru4j's stream of the seed

  private final InteractionMatrix sessions;
  private final int[] users; // with a target
  private final int samples;
  private final ItemSampler sampler;
  private final float[] ofTarget; // correction, by item
  private final float[] ofSample;
  private final long seed;
  private long step;
  private int next; // index in users of the session that begins next
  private final int[] user; // that each track is in, or NONE
  private final int[] position; // of its next click

  TorchSampledSteps(InteractionMatrix sessions, GRU4RecParameters p) {
    this.sessions = sessions;
    this.users =
        Arrays.stream(sessions.activeUsers()).filter(u -> sessions.historyLength(u) > 1).toArray();
    this.samples = p.get(NUM_SAMPLES);
    this.seed = RandomStream.at(p.get(SEED), NEGATIVES);
    int tracks = Math.min(p.get(BATCH_SIZE), users.length);
    this.user = new int[tracks];
    this.position = new int[tracks];
    Arrays.fill(user, NONE);
    double[] clicks = new double[sessions.numItems()];
    for (int u : sessions.activeUsers()) {
      for (int item : sessions.items(u)) {
        clicks[item]++;
      }
    }
    double alpha = p.get(SAMPLE_ALPHA);
    double[] weights = new double[clicks.length];
    ofTarget = new float[clicks.length];
    ofSample = new float[clicks.length];
    for (int item = 0; item < clicks.length; item++) {
      double logarithm = StrictMath.log(Math.max(1, clicks[item]));
      weights[item] = clicks[item] == 0 ? 0 : StrictMath.pow(clicks[item], alpha);
      ofTarget[item] = (float) (p.get(LOGQ) * logarithm);
      ofSample[item] = (float) (p.get(LOGQ) * alpha * logarithm);
    }
    sampler = new ItemSampler(weights);
  }

  int tracks() {
    return user.length;
  }

  /** Returns the next steps. */
  List<TorchSampledStep> next(int count) {
    List<TorchSampledStep> steps = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      steps.add(next());
    }
    return steps;
  }

  private TorchSampledStep next() {
    int tracks = user.length;
    long[] active = new long[tracks];
    float[] goesOn = new float[tracks];
    long[] items = new long[tracks];
    long[] targets = new long[tracks];
    int n = 0;
    for (int track = 0; track < tracks; track++) {
      boolean begins = user[track] == NONE;
      if (begins) {
        if (next == users.length) {
          continue;
        }
        user[track] = users[next++];
        position[track] = 0;
      }
      active[n] = track;
      goesOn[n] = begins ? 0 : 1;
      items[n] = sessions.item(user[track], position[track]++);
      targets[n++] = sessions.item(user[track], position[track]);
      if (position[track] == sessions.historyLength(user[track]) - 1) {
        user[track] = NONE;
      }
    }
    if (n == 0) {
      next = 0; // the next epoch
      return next();
    }
    return step(n, active, goesOn, items, targets);
  }

  private TorchSampledStep step(
      int n, long[] active, float[] goesOn, long[] items, long[] targets) {
    int C = n + samples;
    long[] all = Arrays.copyOf(targets, C + n);
    float[] correction = new float[C];
    for (int i = 0; i < n; i++) {
      correction[i] = ofTarget[(int) targets[i]];
    }
    long ofStep = RandomStream.at(seed, step++);
    for (int k = 0; k < samples; k++) {
      int item = sampler.at(RandomStream.toDouble(RandomStream.at(ofStep, k)));
      all[n + k] = item;
      correction[n + k] = ofSample[item];
    }
    System.arraycopy(items, 0, all, C, n);
    boolean begins = IntStream.range(0, n).anyMatch(i -> goesOn[i] == 0);
    return new TorchSampledStep(
        n,
        n == user.length ? null : Tensor.create(Arrays.copyOf(active, n)),
        begins ? Tensor.create(Arrays.copyOf(goesOn, n), n, 1) : null,
        Tensor.create(Arrays.copyOf(items, n)),
        Tensor.create(Arrays.copyOf(all, C)),
        Tensor.create(all),
        Tensor.create(correction, 1, C));
  }
}
