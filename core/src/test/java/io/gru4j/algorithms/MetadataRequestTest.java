package io.gru4j.algorithms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.data.Validation;
import java.util.Collections;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MetadataRequestTest {
  private final Validation data = TestSessions.make(1, 5, 6).validation();
  private final Map<String, Validation> given = Map.of("validation_data", data);

  @Test
  void everyOptionDoesWhatScikitLearnDocuments() {
    assertSame(data, MetadataRequest.TRUE.route(given));
    assertNull(MetadataRequest.TRUE.route(Map.of()));
    assertNull(MetadataRequest.FALSE.route(given));
    assertNull(MetadataRequest.FALSE.route(Map.of()));
    String none =
        assertThrows(IllegalArgumentException.class, () -> MetadataRequest.NONE.route(given))
            .getMessage();
    assertTrue(none.contains("setFitRequest"), none);
    assertNull(MetadataRequest.NONE.route(Map.of()));
    MetadataRequest alias = MetadataRequest.alias("held_out");
    assertSame(data, alias.route(Map.of("held_out", data)));
    assertNull(alias.route(Map.of()));
  }

  @Test
  void namesThatNobodyAskedForAreRefused() {
    MetadataRequest alias = MetadataRequest.alias("held_out");
    assertEquals(
        "fit got \"validation_data\", but the estimator asks for \"held_out\"",
        assertThrows(IllegalArgumentException.class, () -> alias.route(given)).getMessage());
    for (MetadataRequest request :
        new MetadataRequest[] {MetadataRequest.TRUE, MetadataRequest.FALSE, MetadataRequest.NONE}) {
      assertThrows(
          IllegalArgumentException.class, () -> request.route(Map.of("sample_weight", data)));
      assertNull(request.route(Collections.singletonMap("sample_weight", null)));
    }
    assertThrows(IllegalStateException.class, () -> MetadataRequest.UNCHANGED.route(given));
  }

  @Test
  void anAliasIsAName() {
    assertEquals("held_out", MetadataRequest.alias("held_out").name());
    assertSame(MetadataRequest.TRUE, MetadataRequest.alias("validation_data"));
    assertEquals(MetadataRequest.alias("a"), MetadataRequest.alias("a"));
    assertEquals(MetadataRequest.alias("a").hashCode(), MetadataRequest.alias("a").hashCode());
    assertNotEquals(MetadataRequest.alias("a"), MetadataRequest.alias("b"));
    assertNotEquals(MetadataRequest.alias("True"), MetadataRequest.TRUE);
    for (String wrong : new String[] {"", "1a", "a b", "a-b", "ä"}) {
      assertThrows(IllegalArgumentException.class, () -> MetadataRequest.alias(wrong));
    }
  }

  @Test
  void theRequestStartsAsNoneAndUnchangedKeepsIt() {
    GRU4RecCrossEntropy estimator = new GRU4RecCrossEntropy();
    assertEquals(MetadataRequest.NONE, estimator.getMetadataRouting());
    assertEquals("{'fit': {'validation_data': None}}", estimator.getMetadataRouting().toString());
    assertSame(estimator, estimator.setFitRequest(MetadataRequest.TRUE));
    assertEquals("{'fit': {'validation_data': True}}", estimator.getMetadataRouting().toString());
    assertSame(estimator, estimator.setFitRequest());
    estimator.setFitRequest(MetadataRequest.UNCHANGED);
    assertEquals(MetadataRequest.TRUE, estimator.getMetadataRouting());
    estimator.setFitRequest(MetadataRequest.alias("v"));
    assertEquals("{'fit': {'validation_data': 'v'}}", estimator.getMetadataRouting().toString());
    estimator.setFitRequest(MetadataRequest.NONE);
    assertEquals(MetadataRequest.NONE, estimator.getMetadataRouting());
    estimator.setFitRequest(MetadataRequest.FALSE);
    assertEquals("{'fit': {'validation_data': False}}", estimator.getMetadataRouting().toString());
  }

  @Test
  void fitRoutedPassesWhatTheRequestSaysAndFitPassesAll() {
    TestSessions s = TestSessions.make(2, 20, 8);
    Map<String, Validation> metadata = Map.of("validation_data", s.validation());
    try (var estimator = new GRU4RecCrossEntropy(TestSessions.tiny()).threads(1)) {
      assertThrows(
          IllegalArgumentException.class, () -> estimator.fitRouted(s.x(), s.items(), metadata));
      estimator.fit(s.x(), s.items(), s.validation()); // called directly, NONE does not matter
      assertTrue(estimator.model().history().getFirst().criterion().isPresent());
      estimator.setFitRequest(MetadataRequest.FALSE).fitRouted(s.x(), s.items(), metadata);
      assertTrue(estimator.model().history().getFirst().criterion().isEmpty());
      estimator.setFitRequest(MetadataRequest.TRUE);
      assertSame(estimator, estimator.fitRouted(s.x(), s.items(), metadata));
      assertTrue(estimator.model().history().getFirst().criterion().isPresent());
    }
  }
}
