"""Whether two containers that mount one volume share a file in it."""

from pathlib import Path

import pytest
from reading import box, unit, units
from scanning import findings

POD = """\
kind: Pod
metadata: {name: shop}
spec:
  volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
  containers:
  - name: till
    image: example.com/till
    volumeMounts: [{name: data, mountPath: /till, subPath: ONE}]
  - name: ship
    image: example.com/ship
    volumeMounts: [{name: data, mountPath: /ship, readOnly: true, subPath: TWO}]
"""


def shared(tmp_path: Path, one: str, two: str) -> set[str]:
    """Return what is said of the volume, where each mounts a folder of it."""
    text = POD.replace("ONE", one).replace("TWO", two)
    told = findings(tmp_path, {"pod.yaml": text})["ship"]
    return {each.says for each in told.evidence if each.feature == "shared-volume"}


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("logs", "logs"),
        ("logs", "logs/till"),
        ("logs/till/", "/logs"),
        ('""', "logs"),
        ("$(NAME)", "logs"),
        ('"{{ .Values.folder }}"', "logs"),
    ],
)
def test_one_folder_or_one_within_the_other_is_shared(
    tmp_path: Path, one: str, two: str
) -> None:
    told = shared(tmp_path, one, two)
    assert told == {"only reads the volume data, which till may write"}


@pytest.mark.parametrize(
    ("one", "two"), [("logs", "db"), ("log", "logs"), ("a/b", "a/c")]
)
def test_two_folders_of_a_volume_have_no_file_in_common(
    tmp_path: Path, one: str, two: str
) -> None:
    assert shared(tmp_path, one, two) == set()


def test_whoever_mounts_all_of_a_volume_shares_every_folder(tmp_path: Path) -> None:
    text = POD.replace("ONE", "logs").replace("TWO", "db") + (
        "  - name: keep\n    image: example.com/keep\n"
        "    volumeMounts: [{name: data, mountPath: /data}]\n"
    )
    told = findings(tmp_path, {"pod.yaml": text})["keep"]
    assert "writes the volume data, which ship only reads" in {
        each.says for each in told.evidence
    }


def test_files_of_a_configmap_keep_its_name(tmp_path: Path) -> None:
    text = POD.replace(
        "persistentVolumeClaim: {claimName: data}", "configMap: {name: c}"
    )
    group = unit("pod.yaml", text.replace("ONE", "a.conf").replace("TWO", "b.conf"))
    assert {mount.volume for one in group.containers for mount in one.mounts} == {
        "data"
    }


RELEASE = """\
kind: HelmRelease
metadata: {name: shop}
spec:
  values:
    controllers:
      shop:
        containers:
          till: {image: {repository: example.com/till}}
          ship: {image: {repository: example.com/ship}}
      other:
        containers:
          box: {image: {repository: example.com/box}}
          lid: {image: {repository: example.com/lid}}
    persistence:
"""
VALUES = {
    "only one controller's": """\
      logs:
        type: emptyDir
        advancedMounts:
          shop:
            till: [{path: /out}]
            ship: [{path: /in, readOnly: true}]
""",
    "everybody's": """\
      logs:
        type: emptyDir
        globalMounts: [{path: /in}]
""",
    "by default everybody's": "      logs: {type: emptyDir}\n",
}


@pytest.mark.parametrize("which", list(VALUES))
def test_values_may_keep_the_mounts_apart(tmp_path: Path, which: str) -> None:
    told = findings(tmp_path, {"release.yaml": RELEASE + VALUES[which]})
    said = {
        name: {one.says for one in each.evidence if one.feature == "shared-volume"}
        for name, each in told.items()
    }
    if which == "only one controller's":
        assert said["ship"] == {"only reads the volume logs, which till may write"}
        assert said["box"] == set()
    else:
        assert said["ship"] == {"shares the volume logs with till"}
        assert said["box"] == {"shares the volume logs with lid"}


@pytest.mark.parametrize(
    "value",
    [
        "      logs: {enabled: false, type: emptyDir, globalMounts: [{path: /in}]}\n",
        "      logs: {type: configMap, globalMounts: [{path: /in}]}\n",
        "      logs: {advancedMounts: {shop: {till: [{path: /in}]}}}\n",
        "      logs:\n        advancedMounts:\n          shop:\n"
        "            till: [{path: /in, subPath: a}]\n"
        "            ship: [{path: /in, subPath: b}]\n",
    ],
)
def test_what_is_not_shared_there_ties_nobody(tmp_path: Path, value: str) -> None:
    told = findings(tmp_path, {"release.yaml": RELEASE + value})
    assert not [
        one
        for each in told.values()
        for one in each.evidence
        if one.feature == "shared-volume"
    ]


def test_two_containers_of_one_name_both_stay(tmp_path: Path) -> None:
    """Kubernetes would refuse them, and a reader may not lose one."""
    text = RELEASE.replace(
        "      other:\n",
        "        initContainers: {till: {image: other}}\n      other:\n",
    )
    shop, _ = units("release.yaml", text + VALUES["everybody's"])
    images = [one.image.text for one in shop.containers if one.image is not None]
    assert sorted(images) == ["example.com/ship", "example.com/till", "other"]
    assert all(one.mounts for one in shop.containers)


def test_a_mount_in_values_has_its_line() -> None:
    text = RELEASE + VALUES["only one controller's"]
    shop, _ = units("release.yaml", text)
    [mount] = box(shop, "ship").mounts
    assert (mount.path, mount.read_only) == ("/in", True)
    assert mount.line == 1 + text[: text.index("/in")].count("\n")
