package io.gru4j.training;

import static io.gru4j.parameters.GRU4RecOptions.DROPOUT_EMBED;
import static io.gru4j.parameters.GRU4RecOptions.SESSION_ORDER;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.gru4j.algorithms.TestSessions;
import io.gru4j.data.IdMap;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.parameters.GRU4RecOptions;
import io.gru4j.parameters.GRU4RecOptions.SessionOrder;
import io.gru4j.parameters.GRU4RecParameters;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class FingerprintTest {
  private static final TestSessions S = TestSessions.make(3, 40, 12);

  private static Fingerprint of(GRU4RecParameters p) {
    return Fingerprint.of(p, S.x(), S.items(), S.validation(), null);
  }

  private static Map<String, String> entries() {
    return new LinkedHashMap<>(of(TestSessions.tiny()).entries());
  }

  /** A checkpoint of a version without some options was made with their defaults. */
  @Test
  void whatACheckpointDoesNotSay() {
    Map<String, String> saved = entries();
    assertNull(of(TestSessions.tiny()).difference(saved));
    GRU4RecOptions.all().forEach(spec -> saved.remove(spec.name()));
    assertNull(of(TestSessions.tiny()).difference(saved));
    assertEquals(
        "dropout_embed is 0.5, but None in the checkpoint",
        of(TestSessions.tiny().toBuilder().set(DROPOUT_EMBED, 0.5).build()).difference(saved));
    saved.remove("bptt");
    assertEquals(
        "the checkpoint does not say what bptt was", of(TestSessions.tiny()).difference(saved));
  }

  @Test
  void textOfAStrangerIsCutToOneLine() {
    Map<String, String> saved = entries();
    saved.put("bptt", "7\n\u001b" + "x".repeat(200));
    assertEquals(
        "bptt is 1, but 7\\n\\u001b" + "x".repeat(88) + "... in the checkpoint",
        of(TestSessions.tiny()).difference(saved));
    saved = entries();
    saved.put("a\tb", "\0");
    assertEquals(
        "the checkpoint says that a\\tb was \\u0000, which this version does not know",
        of(TestSessions.tiny()).difference(saved));
  }

  /** Also where there are more numbers than are hashed at once. */
  @Property(tries = 40)
  void everyClickCounts(
      @ForAll @IntRange(min = 2, max = 40_000) int clicks, @ForAll @IntRange(max = 39_999) int at) {
    int[] items = new int[clicks];
    String sum = data(items, 0);
    assertEquals(sum, data(items, 0));
    items[at % clicks] = 1;
    assertDiffers(sum, data(items, 0));
    items[at % clicks] = 0;
    assertDiffers(sum, data(items, 1));
  }

  /** The sum of clicks of two users, the first of whom has so many. */
  private static String data(int[] items, int ofTheFirst) {
    int[] users = new int[items.length];
    double[] times = new double[items.length];
    for (int i = 0; i < items.length; i++) {
      users[i] = i < ofTheFirst ? 0 : 1;
      times[i] = i;
    }
    InteractionMatrix x = InteractionMatrix.of(2, 12, users, items, times);
    return Fingerprint.of(TestSessions.tiny(), x, S.items(), null, null)
        .entries()
        .get("the training data");
  }

  /** Also of users without a click, and items that nobody clicked. */
  @Test
  void theNumberOfUsersAndItemsCounts() {
    String sum = shape(2, 12);
    assertEquals(sum, shape(2, 12));
    assertDiffers(sum, shape(3, 12));
    assertDiffers(sum, shape(2, 13));
  }

  private static String shape(int users, int items) {
    InteractionMatrix x = InteractionMatrix.of(users, items, new int[1], new int[1], new double[1]);
    return Fingerprint.of(TestSessions.tiny(), x, S.items(), null, null)
        .entries()
        .get("the training data");
  }

  /**
   * An epoch that takes sessions by time takes others first where the first clicks change places.
   */
  @Test
  void timesCountWhereSessionsAreTakenByTime() {
    for (SessionOrder order : SessionOrder.values()) {
      GRU4RecParameters p = TestSessions.tiny().toBuilder().set(SESSION_ORDER, order).build();
      String sum = starts(p, 0, 10);
      assertEquals(sum, starts(p, 3, 4));
      assertEquals(order != SessionOrder.TIME, sum.equals(starts(p, 10, 0)), order.toString());
    }
  }

  /** The sum of two sessions of two clicks each, which start at these times. */
  private static String starts(GRU4RecParameters p, double first, double second) {
    int[] users = {0, 0, 1, 1};
    double[] times = {first, first + 1, second, second + 1};
    InteractionMatrix x = InteractionMatrix.of(2, 12, users, new int[] {1, 2, 3, 4}, times);
    return Fingerprint.of(p, x, S.items(), null, null).entries().get("the training data");
  }

  private static void assertDiffers(String a, String b) {
    assertEquals(64, b.length());
    assertNotEquals(a, b);
  }

  /** The fingerprints never change: a checkpoint of an earlier version can be resumed. */
  @Test
  void theSumsAreOfNumbersAndTexts() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    InteractionMatrix x = S.x();
    out.writeInt(x.numUsers());
    out.writeInt(x.numItems());
    for (int user = 0; user < x.numUsers(); user++) {
      out.writeInt(x.historyLength(user));
      for (int item : x.sortedItems(user)) {
        out.writeInt(item);
      }
    }
    Map<String, String> entries = entries();
    assertEquals(sha256(bytes), entries.get("the training data"));
    bytes.reset();
    out.writeInt(S.items().size());
    for (String id : S.items().ids()) {
      out.writeInt(id.length());
      out.writeBytes(id);
    }
    assertEquals(sha256(bytes), entries.get("the item ids"));
  }

  private static String sha256(ByteArrayOutputStream bytes) throws NoSuchAlgorithmException {
    byte[] sum = MessageDigest.getInstance("SHA-256").digest(bytes.toByteArray());
    return HexFormat.of().formatHex(sum);
  }

  @Test
  void everyIdCounts() {
    String sum = ids("ab", "c");
    assertEquals(sum, ids("ab", "c"));
    for (String[] other : new String[][] {{"a", "bc"}, {"c", "ab"}, {"ab", "d"}, {"ab"}}) {
      assertDiffers(sum, ids(other));
    }
  }

  private static String ids(String... ids) {
    IdMap map = IdMap.of(List.of(ids));
    return Fingerprint.of(TestSessions.tiny(), S.x(), map, null, null)
        .entries()
        .get("the item ids");
  }
}
