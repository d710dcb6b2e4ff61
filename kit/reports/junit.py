"""JUnit XML: a suite a submission, a case a task. Nothing is skipped: what earns no points has failed."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from kit.reports.graded import Graded


def to_junit(graded: Graded) -> str:
    """The document that continuous-integration servers read."""
    root = ET.Element("testsuites", name="kit grade")
    for result in graded.results:
        failed = sum(task.outcome != "passed" for task in result.tasks)
        suite = ET.SubElement(root, "testsuite", name=result.path, time=f"{result.seconds:.3f}")
        if result.status != "graded":
            suite.attrib |= {"tests": "1", "errors": "1", "failures": "0"}
            case = ET.SubElement(suite, "testcase", classname=result.path, name="grading")
            ET.SubElement(case, "error", message=result.not_graded or "")
            continue
        suite.attrib |= {"tests": str(len(result.tasks)), "errors": "0", "failures": str(failed)}
        properties = ET.SubElement(suite, "properties")
        for name, value in (("isolation", graded.isolation), ("points", str(result.points))):
            ET.SubElement(properties, "property", name=name, value=value)
        for task in result.tasks:
            case = ET.SubElement(suite, "testcase", classname=task.exercise, name=task.task)
            if task.outcome != "passed":
                failure = ET.SubElement(case, "failure", type=task.outcome, message=f"{task.outcome}: 0 of {task.max_points} points")
                failure.text = graded.said_to_student(task)
        if result.output:
            ET.SubElement(suite, "system-out").text = result.output
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"
