package io.headrace.app;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.jsontype.PolymorphicTypeValidator;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.headrace.app.access.ApiToken;
import io.headrace.engine.error.HeadraceException;
import java.io.Externalizable;
import java.io.ObjectInput;
import java.io.ObjectInputFilter;
import java.io.ObjectOutput;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The layering of the design, held against the compiled classes of every module. */
class ArchitectureTest {
  private static final String OURS = "io.headrace..";

  /** What each module may use of ours, besides itself. */
  private static final Map<String, List<String>> MAY_IMPORT =
      Map.of(
          "schemas", List.of(),
          "engine", List.of(),
          "ingest",
              List.of(
                  "io.headrace.schemas..",
                  "io.headrace.engine.sample..",
                  "io.headrace.engine.config..",
                  "io.headrace.engine.error..",
                  "io.headrace.engine.seal..",
                  "io.headrace.engine.memory..",
                  "io.headrace.engine.state.."),
          "sink", List.of("io.headrace.schemas..", "io.headrace.engine.."),
          "pipeline",
              List.of(
                  "io.headrace.schemas..",
                  "io.headrace.engine..",
                  "io.headrace.ingest..",
                  "io.headrace.sink.."));

  /** Libraries with one home. */
  private static final Map<String, String> ONLY_IMPORTER =
      Map.of(
          "jdk.incubator.vector..", "io.headrace.engine.kernel..",
          "com.lmax..", "io.headrace.pipeline..",
          "io.micronaut..", "io.headrace.app..",
          "picocli..", "io.headrace.app..",
          "com.google.crypto.tink..", "io.headrace.sink.seal..");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(location -> !location.contains("-tests.jar")) // of another module
          .importPackages("io.headrace");

  /** What Avro generates is Avro's style: externalizable, and with names of its own. */
  private static final DescribedPredicate<JavaClass> WRITTEN_BY_HAND =
      not(resideInAPackage("io.headrace.schemas.."));

  @TestFactory
  Stream<DynamicTest> modulesUseOnlyWhatTheyMay() {
    return MAY_IMPORT.entrySet().stream()
        .map(
            entry -> {
              String module = "io.headrace." + entry.getKey() + "..";
              var allowed = new ArrayList<>(entry.getValue());
              allowed.add(module);
              return test(
                  entry.getKey(),
                  noClasses()
                      .that()
                      .resideInAPackage(module)
                      .should()
                      .dependOnClassesThat(
                          resideInAPackage(OURS)
                              .and(not(resideInAnyPackage(allowed.toArray(String[]::new))))));
            });
  }

  @TestFactory
  Stream<DynamicTest> librariesStayInTheirHome() {
    return ONLY_IMPORTER.entrySet().stream()
        .map(
            entry ->
                test(
                    entry.getKey(),
                    noClasses()
                        .that()
                        .resideInAPackage(OURS)
                        .and()
                        .resideOutsideOfPackage(entry.getValue())
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage(entry.getKey())));
  }

  @Test
  void engineIsPlainJava() {
    noClasses()
        .that()
        .resideInAPackage("io.headrace.engine..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "reactor..",
            "org.reactivestreams..",
            "org.apache.kafka..",
            "org.apache.avro..",
            "io.micronaut..",
            "com.fasterxml..")
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void kernelsKnowNothingButMemoryAndErrors() {
    noClasses()
        .that()
        .resideInAPackage("io.headrace.engine.kernel..")
        .should()
        .dependOnClassesThat(
            resideInAPackage(OURS)
                .and(
                    not(
                        resideInAnyPackage(
                            "io.headrace.engine.kernel..",
                            "io.headrace.engine.memory..",
                            "io.headrace.engine.error.."))))
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @TestFactory
  Stream<DynamicTest> packagesOfAModuleFormNoCycles() {
    return Stream.of("engine", "ingest", "sink", "pipeline", "app")
        .map(
            module ->
                test(
                    module,
                    slices()
                        .matching("io.headrace." + module + ".(**)")
                        .should()
                        .beFreeOfCycles()));
  }

  @Test
  void nothingIsSerializedTheJavaWay() {
    noClasses()
        .that(WRITTEN_BY_HAND)
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.io.ObjectInputStream")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.io.ObjectOutputStream")
        .check(CLASSES);
    noClasses()
        .that(WRITTEN_BY_HAND)
        .and()
        .areNotEnums()
        .and()
        .areNotAssignableTo(Throwable.class)
        .should(implementDirectly("java.io.Serializable"))
        .check(CLASSES);
  }

  /** What makes objects of what others wrote, and finds code for it by name. */
  @Test
  void nothingIsMadeOfBytesButValues() {
    noClasses()
        .that(WRITTEN_BY_HAND)
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                    "javax.naming..",
                    "java.rmi..",
                    "javax.script..",
                    "java.beans..",
                    "javax.management.remote..")
                .or(type(org.yaml.snakeyaml.constructor.Constructor.class))
                .or(assignableTo(ObjectInput.class))
                .or(assignableTo(ObjectOutput.class))
                .or(assignableTo(ObjectInputFilter.class)))
        .check(CLASSES);
    noClasses()
        .that(WRITTEN_BY_HAND)
        .should()
        .beAssignableTo(Externalizable.class)
        .orShould()
        .callMethod(ObjectMapper.class, "activateDefaultTyping", PolymorphicTypeValidator.class)
        .orShould()
        .callMethod(
            ClassLoader.class, "defineClass", String.class, byte[].class, int.class, int.class)
        .check(CLASSES);
  }

  /** A comparison that ends at the first difference tells by its time how far a guess was right. */
  @Test
  void secretsAreComparedInTheSameTimeWhateverTheyAre() {
    methods()
        .that()
        .areDeclaredIn(ApiToken.class)
        .and()
        .haveName("matches")
        .should(callOnly(MessageDigest.class, "isEqual"))
        .check(CLASSES);
  }

  @Test
  void classesAreNamedForWhatTheyAre() {
    noClasses()
        .that(WRITTEN_BY_HAND)
        .should()
        .haveNameMatching(".*(Impl|Utils?|Manager|Helper)(\\$.*)?")
        .orShould()
        .haveNameMatching(".*\\.Abstract[A-Z]\\w*")
        .check(CLASSES);
  }

  @Test
  void faultsToldToPeopleHaveOneBase() {
    classes()
        .that(WRITTEN_BY_HAND)
        .and()
        .arePublic() // others never leave their package
        .and()
        .areAssignableTo(Throwable.class)
        .should()
        .beAssignableTo(HeadraceException.class)
        .check(CLASSES);
  }

  /** One comparison: that one. */
  private static ArchCondition<JavaMethod> callOnly(Class<?> owner, String name) {
    return new ArchCondition<>("compare by " + owner.getSimpleName() + "." + name) {
      @Override
      public void check(JavaMethod item, ConditionEvents events) {
        boolean compares =
            item.getMethodCallsFromSelf().stream()
                .anyMatch(
                    call ->
                        call.getTargetOwner().isEquivalentTo(owner) && call.getName().equals(name));
        boolean otherwise =
            item.getMethodCallsFromSelf().stream()
                .map(call -> call.getTargetOwner().getSimpleName() + "." + call.getName())
                .anyMatch(Set.of("String.equals", "Arrays.equals", "Arrays.mismatch")::contains);
        events.add(new SimpleConditionEvent(item, compares && !otherwise, item.getFullName()));
      }
    };
  }

  private static DynamicTest test(String name, ArchRule rule) {
    // A module may be too young to hold what a rule is about.
    return DynamicTest.dynamicTest(name, () -> rule.allowEmptyShould(true).check(CLASSES));
  }

  private static ArchCondition<JavaClass> implementDirectly(String name) {
    return new ArchCondition<>("implement " + name) {
      @Override
      public void check(JavaClass item, ConditionEvents events) {
        boolean implemented =
            item.getRawInterfaces().stream().anyMatch(type -> type.getName().equals(name));
        events.add(
            new SimpleConditionEvent(item, implemented, item.getName() + " implements " + name));
      }
    };
  }
}
