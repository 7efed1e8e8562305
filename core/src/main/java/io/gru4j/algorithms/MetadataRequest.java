package io.gru4j.algorithms;

import io.gru4j.data.Validation;
import io.gru4j.file.OneLine;
import java.util.Map;
import java.util.Objects;

/**
 * What an estimator asks a meta-estimator to do with validation data when that calls {@code fit}:
 * the four options of scikit-learn's metadata routing for {@code validation_data}.
 *
 * <table>
 * <caption>What a meta-estimator does</caption>
 * <tr><th>option</th><th>validation data given</th><th>none given</th></tr>
 * <tr><td>{@link #TRUE}</td><td>passed to fit</td><td>fit without</td></tr>
 * <tr><td>{@link #FALSE}</td><td>not passed to fit</td><td>fit without</td></tr>
 * <tr><td>{@link #NONE}, the default</td><td>an error</td><td>fit without</td></tr>
 * <tr><td>{@link #alias}</td><td>passed to fit, if given under that name</td><td>fit without</td>
 * </tr>
 * </table>
 *
 * <p>{@link #UNCHANGED} leaves an estimator's request as it is. Immutable.
 *
 * @see Estimator#setFitRequest
 */
public final class MetadataRequest {

  /** The documented name of fit's only metadata. */
  public static final String VALIDATION_DATA = "validation_data";

  /** Pass it if it is given. */
  public static final MetadataRequest TRUE = new MetadataRequest("True", VALIDATION_DATA);

  /** Do not pass it. */
  public static final MetadataRequest FALSE = new MetadataRequest("False", VALIDATION_DATA);

  /** No request was set: refuse validation data that are given. */
  public static final MetadataRequest NONE = new MetadataRequest("None", VALIDATION_DATA);

  /** Keep the request there is. */
  public static final MetadataRequest UNCHANGED = new MetadataRequest("UNCHANGED", VALIDATION_DATA);

  private final String option;
  private final String name;

  private MetadataRequest(String option, String name) {
    this.option = option;
    this.name = name;
  }

  /**
   * Asks for validation data that the meta-estimator is given under another name.
   *
   * @param alias letters, digits and {@code _}, no digit first
   * @return the request; for the alias {@code validation_data} it is {@link #TRUE}
   * @throws IllegalArgumentException if the alias is no such name
   */
  public static MetadataRequest alias(String alias) {
    if (!alias.matches("[A-Za-z_][A-Za-z0-9_]*")) {
      throw new IllegalArgumentException(
          "an alias of validation_data must be a name of letters, digits and _, got "
              + OneLine.quoted(alias));
    }
    return alias.equals(VALIDATION_DATA) ? TRUE : new MetadataRequest("'" + alias + "'", alias);
  }

  /**
   * Returns the name under which a meta-estimator takes the validation data.
   *
   * @return the alias, else {@code validation_data}
   */
  public String name() {
    return name;
  }

  /**
   * Decides what a meta-estimator passes to {@code fit}.
   *
   * @param metadata what the meta-estimator was given, by name; a null value counts as none
   * @return the validation data to pass, or null for none
   * @throws IllegalArgumentException if something is given under a name that nobody asked for, or
   *     the request is {@link #NONE} and validation data is given
   * @throws IllegalStateException if this is {@link #UNCHANGED}
   */
  public Validation route(Map<String, Validation> metadata) {
    if (this == UNCHANGED) {
      throw new IllegalStateException("UNCHANGED is no request, only the wish to keep one");
    }
    for (Map.Entry<String, Validation> entry : metadata.entrySet()) {
      if (entry.getValue() != null && !entry.getKey().equals(name)) {
        throw new IllegalArgumentException(
            "fit got "
                + OneLine.quoted(entry.getKey())
                + ", but the estimator asks for \""
                + name
                + "\"");
      }
    }
    Validation given = metadata.get(name);
    if (this == NONE && given != null) {
      throw new IllegalArgumentException(
          "fit got validation_data, but the estimator did not say whether it wants it: call"
              + " setFitRequest with TRUE, FALSE or an alias");
    }
    return this == FALSE ? null : given;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof MetadataRequest that && option.equals(that.option);
  }

  @Override
  public int hashCode() {
    return Objects.hash(option);
  }

  /** Returns the request as scikit-learn prints it: {@code {'fit': {'validation_data': True}}}. */
  @Override
  public String toString() {
    return "{'fit': {'validation_data': " + option + "}}";
  }
}
