package io.gru4j.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.file.Json;
import io.gru4j.model.UnknownItems;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Bodies of requests: read as they are meant, or refused with a 400. */
class RecommendRequestTest {
  private static byte[] bytes(Object json) {
    return Json.write(json).getBytes(StandardCharsets.UTF_8);
  }

  @Property
  void whatIsWrittenIsRead(
      @ForAll List<@AlphaChars String> items,
      @ForAll boolean seen,
      @ForAll boolean why,
      @ForAll boolean probability,
      @ForAll @IntRange(min = 1, max = 100) int k)
      throws RequestException {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("items", items);
    body.put("k", k);
    body.put("exclude_seen", seen);
    body.put("unknown", seen ? "fail" : "skip");
    body.put("exclude", items);
    body.put("session", "t");
    body.put("why", why);
    body.put("probability", probability);
    RecommendRequest request = RecommendRequest.parse(bytes(body));
    assertEquals(
        new RecommendRequest(
            "t",
            items,
            k,
            seen ? UnknownItems.FAIL : UnknownItems.SKIP,
            null,
            items,
            seen,
            probability,
            why),
        request);
  }

  @Test
  void whatIsNotGivenHasDefaults() throws RequestException {
    assertEquals(
        new RecommendRequest(
            null, List.of(), 20, UnknownItems.SKIP, null, List.of(), false, false, false),
        RecommendRequest.parse(bytes(Map.of("items", List.of()))));
  }

  @Test
  void integersAreIds() throws RequestException {
    byte[] body =
        "{\"items\": [214716932, \"a\", -7, 9223372036854775808], \"exclude\": [0]}"
            .getBytes(StandardCharsets.UTF_8);
    RecommendRequest request = RecommendRequest.parse(body);
    assertEquals(List.of("214716932", "a", "-7", "9223372036854775808"), request.items());
    assertEquals(List.of("0"), request.exclude());
  }

  @Property(tries = 2000)
  void aDamagedBodyIsReadOrRefused(@ForAll long seed) {
    Random random = new Random(seed);
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("session", "R1JVUwE");
    body.put("items", List.of("shoe", "\u00e9\ud83d\ude00", ""));
    body.put("k", 20);
    body.put("exclude_seen", true);
    byte[] bytes = bytes(body);
    for (int i = random.nextInt(4); i >= 0; i--) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(3)) {
        case 0 -> bytes[at] = (byte) random.nextInt(256);
        case 1 -> bytes[at] = (byte) "{}[]\",:\\0-etfn".charAt(random.nextInt(14));
        default -> bytes = Arrays.copyOf(bytes, at + 1);
      }
    }
    try {
      RecommendRequest request = RecommendRequest.parse(bytes);
      assertTrue(request.k() >= 1 && request.k() <= ServerLimits.TOP);
    } catch (RequestException e) {
      assertEquals(400, e.status());
      assertTrue(e.getMessage().length() > 10 && e.getMessage().length() < 500, e.getMessage());
    }
  }
}
