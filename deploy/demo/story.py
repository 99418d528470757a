"""The story, told through the public API of a running platform: ``make demo``.

Each telling has people of its own, so it can be told again and again.
"""

import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from deploy.demo.clerk import mend_and_apply, prepare_register, send_rejected_again, send_sheet
from deploy.demo.county_office import approve, read_audit, refuse_own
from deploy.demo.office import Refused
from deploy.demo.platform_company import send_riders
from deploy.demo.power_cut import cut_power, finish
from deploy.demo.sheets import Story, story
from deploy.demo.stage import FIRST_LIST, Stage, Surprise, open_stage, this_machine
from deploy.demo.worker import follow, join_by_poster, show_card
from deploy.voice import Trouble, complain, say


def first_list(stage: Stage) -> Story:
    """The sheet of 500, with people of this telling."""
    return story(stage.seed, stage.divisions(FIRST_LIST))


def tell_story(stage: Stage) -> None:
    """Raises Surprise or Refused where the platform does not do what is told."""
    since, sheet_of_500 = datetime.now(UTC), first_list(stage)
    stage.chapter("一、快递员扫码入会")
    worker = join_by_poster(stage)
    follow(stage, worker, "submitted")
    stage.chapter("二、镇工会收到 500 人的名单")
    prepare_register(stage, sheet_of_500)
    sheet = send_sheet(stage, sheet_of_500)
    applied = mend_and_apply(stage, sheet_of_500, sheet)
    again = send_rejected_again(stage, sheet_of_500, sheet)
    stage.chapter("三、第二份名单导入到一半，会员服务被杀掉")
    cut = cut_power(stage)
    stage.chapter("四、县总工会审核")
    refuse_own(stage, applied)
    approve(stage, [applied, again], worker.application)
    stage.chapter("五、平台企业的服务器自己送来骑手")
    send_riders(stage)
    stage.chapter("六、会员证")
    follow(stage, worker, "admitted")
    show_card(stage, worker)
    stage.chapter("七、没有丢，也没有重")
    finish(stage, cut)
    stage.chapter("八、审计")
    read_audit(stage, worker.application, sheet, since)


def main() -> int:
    begun = time.monotonic()
    home, url = this_machine()
    try:
        with TemporaryDirectory(prefix="niangjia-") as folder:
            stage = open_stage(home, url, Path(folder))
            say(f"在 {url} 上讲这个故事（第 {stage.seed} 号名单）")
            with closing(stage.http):
                tell_story(stage)
    except (Trouble, Surprise) as told:
        complain(str(told))
    except (Refused, httpx.HTTPError, TimeoutError) as error:
        complain(f"平台没有照办 the platform refused: {error}")
    else:
        say(f"\n讲完了，处处如实 all of it is true: {time.monotonic() - begun:.0f} 秒")
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
