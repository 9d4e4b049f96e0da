"""Templates of Nomad Pack whose tasks stand in parts, which the job includes."""

from pathlib import Path

from scanning import labels

PARTS = """\
// what the pack's job includes

[[- define "task_shop" ]]

    task "shop" {
      driver = "docker"
      [[- if .my.resources ]]
      resources {
        cpu = [[ .my.cpu ]]
        memory_max = [[ .my.most ]][[ end ]]
      }
      config { image = [[ .my.image | quote ]] }
    }
[[- end ]]
[[- define "task_ship" ]]

    task "ship" {
      driver = "docker"
      lifecycle {
        hook    = "poststart"
        sidecar = true
      }
      config { image = "example.com/ship:1" }
    }
[[- end ]]
"""


def test_a_pack_may_have_its_tasks_in_parts(tmp_path: Path) -> None:
    files = {"packs/shop/templates/_tasks.tpl": PARTS}
    assert labels(tmp_path, files) == {"ship": "sidecar"}


def test_the_task_of_a_pack_that_only_looks_like_a_helper_is_its_main_one(
    tmp_path: Path,
) -> None:
    shop = PARTS.partition('[[- define "task_ship"')[0]
    text = shop.replace('"shop"', '"fluentbit"').replace(
        "[[ .my.image | quote ]]", '"fluent/fluent-bit:3"'
    )
    assert labels(tmp_path, {"packs/logs/templates/_task.tpl": text}) == {}


def test_a_pack_may_have_a_whole_group_in_a_part(tmp_path: Path) -> None:
    group = PARTS.replace(
        '[[- define "task_shop" ]]', '[[- define "group_shop" ]]\n group "shop" {'
    )
    group = group.replace('[[- end ]]\n[[- define "task_ship" ]]', "") + "}\n"
    files = {"packs/shop/templates/_group.tpl": group}
    assert labels(tmp_path, files) == {"shop": "main", "ship": "sidecar"}
