package io.headrace.app;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.List;

/**
 * The code of methods that compare, hash and describe a record as the JDK's own do: components in
 * their order, floats and doubles by what {@code compare} says of them.
 */
final class PlainRecord {
  private static final ClassDesc OBJECTS = ClassDesc.of("java.util.Objects");
  private static final ClassDesc TEXT = ClassDesc.of("java.lang.StringBuilder");

  private final ClassDesc type;
  private final List<Component> components;

  /** Takes the record, and what the call of {@link java.lang.runtime.ObjectMethods} was given. */
  PlainRecord(ClassDesc type, List<ConstantDesc> arguments) {
    this.type = type;
    components =
        arguments.stream()
            .skip(2) // the record and all names
            .map(DirectMethodHandleDesc.class::cast)
            .map(field -> new Component(field.methodName(), field.invocationType().returnType()))
            .toList();
  }

  /** Writes the method of that name: the record is its first argument, another its second. */
  void write(CodeBuilder code, String method) {
    switch (method) {
      case "equals" -> equality(code);
      case "hashCode" -> hash(code);
      case "toString" -> text(code);
      default -> throw new IllegalArgumentException("Records have no method %s.".formatted(method));
    }
  }

  private void equality(CodeBuilder code) {
    Label others = code.newLabel();
    Label differ = code.newLabel();
    code.aload(0).aload(1).if_acmpne(others).iconst_1().ireturn().labelBinding(others);
    code.aload(1).instanceOf(type).ifeq(differ);
    code.aload(1).checkcast(type).astore(2);
    for (Component component : components) {
      code.aload(0).getfield(type, component.name, component.type);
      code.aload(2).getfield(type, component.name, component.type);
      switch (component.kind()) {
        case REFERENCE -> {
          var compared =
              MethodTypeDesc.of(
                  ConstantDescs.CD_boolean, ConstantDescs.CD_Object, ConstantDescs.CD_Object);
          code.invokestatic(OBJECTS, "equals", compared).ifeq(differ);
        }
        case LONG -> code.lcmp().ifne(differ);
        case FLOAT, DOUBLE -> {
          var compared = MethodTypeDesc.of(ConstantDescs.CD_int, component.type, component.type);
          code.invokestatic(component.box(), "compare", compared).ifne(differ);
        }
        default -> code.if_icmpne(differ);
      }
    }
    code.iconst_1().ireturn().labelBinding(differ).iconst_0().ireturn();
  }

  private void hash(CodeBuilder code) {
    code.iconst_0();
    for (Component component : components) {
      code.bipush(31).imul();
      code.aload(0).getfield(type, component.name, component.type);
      ClassDesc hashed =
          component.kind() == TypeKind.REFERENCE ? ConstantDescs.CD_Object : component.type;
      ClassDesc by = component.kind() == TypeKind.REFERENCE ? OBJECTS : component.box();
      code.invokestatic(by, "hashCode", MethodTypeDesc.of(ConstantDescs.CD_int, hashed)).iadd();
    }
    code.ireturn();
  }

  private void text(CodeBuilder code) {
    code.new_(TEXT).dup().invokespecial(TEXT, "<init>", MethodTypeDesc.of(ConstantDescs.CD_void));
    code.loadConstant(type);
    code.invokevirtual(
        ConstantDescs.CD_Class, "getSimpleName", MethodTypeDesc.of(ConstantDescs.CD_String));
    append(code, ConstantDescs.CD_String);
    String before = "[";
    for (Component component : components) {
      code.loadConstant(before + component.name + "=");
      append(code, ConstantDescs.CD_String);
      code.aload(0).getfield(type, component.name, component.type);
      append(code, component.appended());
      before = ", ";
    }
    code.loadConstant(components.isEmpty() ? "[]" : "]");
    append(code, ConstantDescs.CD_String);
    code.invokevirtual(TEXT, "toString", MethodTypeDesc.of(ConstantDescs.CD_String)).areturn();
  }

  private static void append(CodeBuilder code, ClassDesc what) {
    code.invokevirtual(TEXT, "append", MethodTypeDesc.of(TEXT, what));
  }

  private record Component(String name, ClassDesc type) {
    TypeKind kind() {
      return TypeKind.from(type);
    }

    /** What a {@code StringBuilder} takes such a value as. */
    ClassDesc appended() {
      return switch (kind()) {
        case REFERENCE -> ConstantDescs.CD_Object;
        case BYTE, SHORT -> ConstantDescs.CD_int;
        default -> type;
      };
    }

    /** The class that has the static methods of a primitive type. */
    ClassDesc box() {
      return switch (kind()) {
        case BOOLEAN -> ConstantDescs.CD_Boolean;
        case BYTE -> ConstantDescs.CD_Byte;
        case CHAR -> ConstantDescs.CD_Character;
        case SHORT -> ConstantDescs.CD_Short;
        case INT -> ConstantDescs.CD_Integer;
        case LONG -> ConstantDescs.CD_Long;
        case FLOAT -> ConstantDescs.CD_Float;
        case DOUBLE -> ConstantDescs.CD_Double;
        case REFERENCE, VOID ->
            throw new IllegalStateException("%s is no primitive.".formatted(type));
      };
    }
  }
}
