package io.headrace.pipeline.transform;

import io.headrace.engine.config.Setting;
import io.headrace.engine.error.InvalidSettingException;
import java.util.Arrays;
import java.util.List;

/** Settings that are one number for all channels of an input, or one for each. */
final class Numbers {
  private Numbers() {}

  static Setting<List<Double>> setting(String name, double min, double max, String doc) {
    Setting<Double> one = Setting.number(name, min, max, doc);
    return new Setting<>(
        name,
        "number, or list of numbers",
        null,
        false,
        doc,
        raw -> {
          List<?> given = raw instanceof List<?> list ? list : List.of(raw);
          return given.stream().map(number -> one.reader().apply(number)).toList();
        });
  }

  static float[] perChannel(Setting<?> setting, List<Double> given, int channels) {
    float[] numbers = new float[channels];
    if (given.size() == 1) {
      Arrays.fill(numbers, given.getFirst().floatValue());
      return numbers;
    }
    if (given.size() != channels) {
      throw new InvalidSettingException(
          setting.name(),
          "has %d numbers, but the input has %d channels. Give one number, or one for each channel."
              .formatted(given.size(), channels));
    }
    for (int i = 0; i < channels; i++) {
      numbers[i] = given.get(i).floatValue();
    }
    return numbers;
  }
}
