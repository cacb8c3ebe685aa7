package io.headrace.pipeline.job;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.error.InvalidSettingException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where every value of a job was given, so that faults which show only when a job's parts are made
 * still name a line. Immutable.
 */
public final class JobPlaces {
  private final Map<String, Place> places;

  private JobPlaces(Map<String, Place> places) {
    this.places = Map.copyOf(places);
  }

  static JobPlaces of(YamlNode.Group job) {
    Map<String, Place> places = new HashMap<>();
    places.put("", job.place());
    note("", job, places);
    return new JobPlaces(places);
  }

  /** Where {@code path} was given, or the innermost group around it that was. */
  Place of(String path) {
    String known = path;
    while (!places.containsKey(known)) {
      known = known.contains(".") ? known.substring(0, known.lastIndexOf('.')) : "";
    }
    return places.getOrDefault(known, new Place(""));
  }

  /** The same fault with path and place, for a person. */
  HeadraceException located(InvalidSettingException fault) {
    // The engine counts layers as model[0]; paths are dotted, as --set takes them.
    String path = fault.key().replaceAll("\\[(\\d+)]", ".$1");
    var problems = new Problems();
    problems.add(path, String.valueOf(fault.getMessage()), of(path));
    return problems.exception(fault);
  }

  private static void note(String path, YamlNode node, Map<String, Place> places) {
    switch (node) {
      case YamlNode.Group group ->
          group
              .entries()
              .forEach(
                  (key, entry) -> {
                    String inner = path.isEmpty() ? key : path + "." + key;
                    places.put(inner, entry.place());
                    note(inner, entry.value(), places);
                  });
      case YamlNode.Items items -> {
        List<YamlNode> nodes = items.nodes();
        for (int i = 0; i < nodes.size(); i++) {
          places.put(path + "." + i, nodes.get(i).place());
          note(path + "." + i, nodes.get(i), places);
        }
      }
      case YamlNode.Scalar scalar -> {}
      case YamlNode.Absent absent -> {}
    }
  }
}
