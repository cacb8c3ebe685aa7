package io.headrace.app;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.lang.reflect.AccessFlag;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Writes classes anew with plain methods in place of what the JVM would make when it is first
 * called: a pattern switch's search for its case, and a record's {@code equals}, {@code hashCode}
 * and {@code toString}. The JVM keeps none of those for its next start, and making a hundred of
 * them took a tenth of a short run. Thread-safe.
 */
final class PlainCalls {
  private static final String SWITCHES = "Ljava/lang/runtime/SwitchBootstraps;";
  private static final String RECORDS = "Ljava/lang/runtime/ObjectMethods;";

  private final ClassFile format;

  /** Takes where to find the classes that the rewritten ones refer to. */
  PlainCalls(ClassLoader classes) {
    format =
        ClassFile.of(
            ClassHierarchyResolverOption.of(
                ClassHierarchyResolver.ofResourceParsing(classes)
                    .orElse(ClassHierarchyResolver.defaultResolver())));
  }

  /** The bytes of a class file as they are, or with plain methods where they had such calls. */
  byte[] in(byte[] bytes) {
    ClassModel model = format.parse(bytes);
    var made = new ArrayList<Made>();
    byte[] rewritten =
        format.transformClass(
            model,
            ClassTransform.transformingMethodBodies(
                    (code, element) -> {
                      if (element instanceof InvokeDynamicInstruction call
                          && body(call).isPresent()) {
                        var method = new Made("plain$" + made.size(), call);
                        made.add(method);
                        code.invokestatic(
                            model.thisClass().asSymbol(),
                            method.name,
                            call.typeSymbol(),
                            model.flags().has(AccessFlag.INTERFACE));
                      } else {
                        code.with(element);
                      }
                    })
                .andThen(
                    ClassTransform.endHandler(
                        builder -> made.forEach(method -> method.addTo(builder)))));
    return made.isEmpty() ? bytes : rewritten;
  }

  /** What the method in place of a call does, where it is one of those calls. */
  private static Optional<Consumer<CodeBuilder>> body(InvokeDynamicInstruction call) {
    String maker = call.bootstrapMethod().owner().descriptorString();
    String called = call.name().stringValue();
    List<ConstantDesc> arguments = call.bootstrapArgs();
    if (maker.equals(SWITCHES)
        && called.equals("typeSwitch")
        && arguments.stream().allMatch(ClassDesc.class::isInstance)) {
      return Optional.of(code -> PlainSwitch.write(code, arguments));
    }
    if (maker.equals(RECORDS)) {
      var record = new PlainRecord(call.typeSymbol().parameterType(0), arguments);
      return Optional.of(code -> record.write(code, called));
    }
    return Optional.empty();
  }

  /** A method that takes the place of a call. */
  private record Made(String name, InvokeDynamicInstruction call) {
    void addTo(ClassBuilder builder) {
      builder.withMethodBody(
          name,
          call.typeSymbol(),
          ClassFile.ACC_PRIVATE | ClassFile.ACC_STATIC | ClassFile.ACC_SYNTHETIC,
          body(call).orElseThrow());
    }
  }
}
