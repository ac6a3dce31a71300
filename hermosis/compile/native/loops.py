"""LLVM source of the loop of a run: steps with a compiled loss, until something is out of the way.

`run` makes steps as the loop of `hm.minimize` does: it takes the gradient where the rule asks for
it, keeps the trace and the best point, and returns how many steps it made. Before a step that it
cannot make it stops, with everything as it was: a number is not finite, a factor of the step is
not defined, or the gradient is within the tolerance. The loop in Python then makes that step, or
says why there is none.
"""

from __future__ import annotations

from derivations.emit.llvm import task
from derivations.emit.llvm.builder import Function, Variable
from derivations.emit.program.plan import StepPlan

#: What a run carries: the loss, its best value, the tolerance and the norm of the gradient.
VALUE, BEST, TOLERANCE, NORM = range(4)
#: Whether the gradient at w is known, and how often the loss was asked.
KNOWN, EVALUATIONS = range(2)
#: The words of a run behind those of its task: addresses, and the number of weights.
WORDS = (
    "loss", "w", "gradient", "kept", "size", "table", "marks", "flags", "values", "norms",
    "energies", "best",
)  # fmt: skip
_WORDS = "ptr %words"


def write(plan: StepPlan, kind: str, hyperparameters: int) -> str:
    """Write `run(task, words, steps)` for the segments of a plan, which stand beside it.

    A row of the table has as many numbers as there are hyperparameters, and the length of a step.
    """
    run = _Run(plan, kind, hyperparameters)
    made = [run.evaluate(), run.record(), run.run()]
    text = "\n\n".join(["", *(f.text() for f in made)]) + "\n"
    assert plan.native is not None
    root = "declare double @llvm.sqrt.f64(double)"
    return text if root in plan.native.sources[kind] else text + root + "\n"


class _Run:
    """The functions of a run, and what they have in common."""

    def __init__(self, plan: StepPlan, kind: str, hyperparameters: int) -> None:
        assert plan.native is not None
        self.plan, self.native, self.kind = plan, plan.native, kind
        self.hyperparameters = hyperparameters
        self.size = 8 if kind == "double" else 4

    def word(self, f: Function, name: str, kind: str = "ptr") -> str:
        """Return one of the words of a run."""
        return f.field(kind, "%words", 8 * WORDS.index(name))

    def evaluate(self) -> Function:
        """Write how the loss is asked, and whether it and the norm of its gradient are finite."""
        f = Function("run.evaluate", ["ptr %task", _WORDS], "i1", "noinline nounwind", True)
        flags, marks = self.word(f, "flags"), self.word(f, "marks")
        asked = f.load("i64", flags, EVALUATIONS)
        f.store("i64", f.value(f"add i64 {asked}, 1"), flags, EVALUATIONS)
        size, gradient = self.word(f, "size", "i64"), self.word(f, "gradient")
        given = [f"ptr {self.word(f, 'w')}", f"i64 {size}", f"ptr {gradient}"]
        value = f.call(self.word(f, "loss"), given, "double")
        f.store("double", value, marks, VALUE)
        if "L" in self.native.numbers:
            numbers = task.pointer(f, task.NUMBERS)
            f.store("double", value, numbers, self.native.numbers.index("L"))
        total = f.variable("double", "0.0")
        with f.loop(size) as i:
            x = f.load(self.kind, gradient, i)
            if self.kind == "float":
                x = f.value(f"fpext float {x} to double")
            square = f.value(f"fmul reassoc contract double {x}, {x}")
            total.set(f.value(f"fadd reassoc contract double {total.get()}, {square}"))
        norm = f.call("@llvm.sqrt.f64", [f"double {total.get()}"], "double")
        f.store("double", norm, marks, NORM)
        none = [f.value(f"fsub double {x}, {x}") for x in (norm, value)]
        f.leave(f.value(f"fcmp ord double {none[0]}, {none[1]}"))
        return f

    def record(self) -> Function:
        """Write what is noted of a point, unless its gradient is within the tolerance."""
        f = Function("run.record", [_WORDS, "i64 %step"], "i1", "noinline nounwind", internal=True)
        marks = self.word(f, "marks")
        value, norm = f.load("double", marks, VALUE), f.load("double", marks, NORM)
        with f.when(f.value(f"fcmp ole double {norm}, {f.load('double', marks, TOLERANCE)}")):
            f.leave("false")
        f.store("double", value, self.word(f, "values"), "%step")
        f.store("double", norm, self.word(f, "norms"), "%step")
        with f.when(f.value(f"fcmp olt double {value}, {f.load('double', marks, BEST)}")):
            f.store("double", value, marks, BEST)
            self.copy(f, "best", "w")
        f.leave("true")
        return f

    def copy(self, f: Function, to: str, source: str) -> None:
        """Write a copy of an array like the weights."""
        length = f.value(f"mul i64 {self.word(f, 'size', 'i64')}, {self.size}")
        places = [f"ptr {self.word(f, name)}" for name in (to, source)]
        f.call("@llvm.memcpy.p0.p0.i64", [*places, f"i64 {length}", "i1 false"])

    def run(self) -> Function:
        """Write the loop over steps."""
        f = Function("run", ["ptr %task", _WORDS, "i64 %steps"], "i64")
        marks, flags = self.word(f, "marks"), self.word(f, "flags")
        made, begun = f.variable("i64", "0"), f.variable("i1", "false")
        undone, done = f.label(), f.label()
        before = {
            (kind, at, place): f.variable(kind, "0" if kind == "i64" else "0.0")
            for kind, at, place in (
                ("double", marks, VALUE),
                ("double", marks, NORM),
                ("i64", flags, KNOWN),
                ("i64", flags, EVALUATIONS),
            )
        }
        with f.loop("%steps") as step:
            begun.set("false")
            for (kind, at, place), kept in before.items():
                kept.set(f.load(kind, at, place))
            self.enter(f, step)
            if self.plan.ends_with_gradient:
                self.copy(f, "kept", "gradient")
            self.step(f, step, begun, undone)
            self.note_energies(f, step)
            f.store("i64", str(int(self.plan.ends_with_gradient)), flags, KNOWN)
            made.set(f.value(f"add i64 {made.get()}, 1"))
        f.jump(done)
        f.begin(undone)
        with f.when(begun.get()):
            f.call("@restore", ["ptr %task"])
        for (kind, at, place), kept in before.items():
            f.store(kind, kept.get(), at, place)
        if self.plan.ends_with_gradient:
            self.copy(f, "gradient", "kept")
        f.begin(done)
        f.leave(made.get())
        return f

    def enter(self, f: Function, step: str) -> None:
        """Write how the hyperparameters of a step are entered."""
        width = self.hyperparameters + 1
        row = f.at("double", self.word(f, "table"), f.value(f"mul i64 {step}, {width}"))
        numbers = task.pointer(f, task.NUMBERS)
        for place in range(self.hyperparameters):
            if self.native.numbers[place] == "L":
                value = f.load("double", self.word(f, "marks"), VALUE)
            else:
                value = f.load("double", row, place)
            f.store("double", value, numbers, place)
        length = f.load("double", row, self.hyperparameters)
        f.store("double", length, numbers, len(self.native.numbers))

    def step(self, f: Function, step: str, begun: Variable, undone: str) -> None:
        """Write one step: gradients where they are due, and the segments between them."""
        recorded = self.plan.asks_first
        if recorded:
            known = f.value(f"icmp eq i64 {f.load('i64', self.word(f, 'flags'), KNOWN)}, 0")
            with f.when(known):
                self.expect(f, self.ask(f), undone)
            self.expect(f, self.noted(f, step), undone)
        for number, place in enumerate(self.native.segments, 1):
            if self.native.phases[place - 1].evaluates:
                self.expect(f, self.ask(f), undone)
                if not recorded:
                    self.expect(f, self.noted(f, step), undone)
                    recorded = True
            given = ["ptr null", "ptr null", "ptr %task"]
            status = f.call(f"@segment_{number}", given, "i64")
            self.expect(f, f.value(f"icmp eq i64 {status}, 0"), undone)
            begun.set("true")

    def ask(self, f: Function) -> str:
        """Write a call of the loss."""
        return f.call("@run.evaluate", ["ptr %task", _WORDS], "i1")

    def noted(self, f: Function, step: str) -> str:
        """Write that a point is noted."""
        return f.call("@run.record", [_WORDS, f"i64 {step}"], "i1")

    def expect(self, f: Function, condition: str, otherwise: str) -> None:
        """Go on where a condition holds."""
        following = f.label()
        f.branch(condition, following, otherwise)
        f.begin(following)

    def note_energies(self, f: Function, step: str) -> None:
        """Write the energies at the start of a step into their table."""
        names = self.plan.energies
        if not names:
            return
        row = f.at("double", self.word(f, "energies"), f.value(f"mul i64 {step}, {len(names)}"))
        numbers = task.pointer(f, task.NUMBERS)
        for place, name in enumerate(names):
            f.store(
                "double", f.load("double", numbers, self.native.numbers.index(name)), row, place
            )
