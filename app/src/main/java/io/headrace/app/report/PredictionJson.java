package io.headrace.app.report;

import com.fasterxml.jackson.core.JsonGenerator;
import io.headrace.engine.sample.LabelSpec;
import java.io.IOException;
import java.util.List;

/**
 * A prediction as fields of a JSON object: {@code prediction}, and for classes {@code
 * probabilities}. Stateless.
 */
public final class PredictionJson {
  private PredictionJson() {}

  /**
   * Writes them.
   *
   * @param outputs of rows, one after the other, as a trainer or predictor gives them
   * @param from where the row's begin
   * @param width how many there are
   */
  public static void write(
      JsonGenerator json, LabelSpec label, float[] outputs, int from, int width)
      throws IOException {
    switch (label) {
      case LabelSpec.Classes(List<String> names) -> writeClasses(json, names, outputs, from, width);
      case LabelSpec.Numeric _, LabelSpec.Count _ ->
          json.writeNumberField("prediction", outputs[from]);
    }
  }

  private static void writeClasses(
      JsonGenerator json, List<String> names, float[] outputs, int from, int width)
      throws IOException {
    float[] probabilities = new float[names.size()];
    int best = 0;
    for (int i = 0; i < probabilities.length; i++) {
      if (width == 1) {
        float second = outputs[from];
        probabilities[i] = i == 1 ? second : 1 - second;
      } else {
        probabilities[i] = outputs[from + i];
      }
      best = probabilities[i] > probabilities[best] ? i : best;
    }
    json.writeStringField("prediction", names.get(best));
    json.writeObjectFieldStart("probabilities");
    for (int i = 0; i < probabilities.length; i++) {
      json.writeNumberField(names.get(i), probabilities[i]);
    }
    json.writeEndObject();
  }
}
