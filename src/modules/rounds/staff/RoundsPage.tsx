// 巡查: what may be walked now, what comes later this shift, what is done. Works without network.
import type { ReactNode } from 'react'
import { today } from '../../../kernel/clock.ts'
import { useRead } from '../../../ui/api.ts'
import { instant } from '../../../ui/format.ts'
import { RowLink, Tag } from '../../../ui/phone/bits.tsx'
import { OutboxCard } from '../../../ui/phone/OutboxCard.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { rounds } from '../contract.ts'
import { said } from '../shown.ts'
import { ToReview } from './RoundCard.tsx'
import { useShift, type TaskHere } from './shift.ts'

export const clock = (at: string): string => instant(at).slice(11, 16)
const dayOfMonth = (at: string): string => instant(at).slice(5, 10)
/** '22:00 – 23:00', with the day where it is another than today. */
function span(t: TaskHere): string {
  const far = Date.parse(t.due_at) - Date.parse(t.starts_at) > 86_400_000
  return far ? `${dayOfMonth(t.starts_at)} – ${instant(t.due_at).slice(5, 16)}` : `${dayOfMonth(t.starts_at) === today().slice(5) ? '' : `${dayOfMonth(t.starts_at)} `}${clock(t.starts_at)} – ${clock(t.due_at) === '00:00' ? '24:00' : clock(t.due_at)}`
}
const GROUPS: readonly [TaskHere['when'], string][] = [['late', '已过时,尽快补上'], ['now', '现在可以做'], ['later', '稍后'], ['over', '已做和已过的']]

export function RoundsPage({ tabs }: { tabs: ReactNode }) {
  const { reading } = useShift()
  return (
    <Page title="巡查" tabs={tabs}>
      <OutboxCard />
      <ToReview />
      <ToMend />
      <Loaded reading={reading} rows={4}>
        {({ value, saved_at, old }) => (
          <>
            {old ? <p className="ph-weak ph-small">没有网络,可以照常做。任务存于 {instant(saved_at)}。</p> : null}
            {value.tasks.length === 0 ? <StateBlock icon="shield" title="本班没有巡查任务" text="排到您班组的任务会显示在这里" /> : null}
            {GROUPS.map(([when, title]) => {
              const list = value.tasks.filter((t) => t.when === when)
              return list.length ? <section key={when} className="ph-section"><h2 className="ph-h2">{title} {list.length}</h2><ul className="ph-list">{list.map((t) => <li key={t.task_id}><TaskRow t={t} /></li>)}</ul></section> : null
            })}
          </>
        )}
      </Loaded>
    </Page>
  )
}
function TaskRow({ t }: { t: TaskHere }) {
  const mark = t.skip ? <Tag kind="warn">已申请免做</Tag> : t.when === 'late' ? <Tag kind="bad">迟到</Tag> : t.when === 'over' ? (t.unsent ? <Tag kind="busy">待上传</Tag> : <Tag {...(t.state === 'done' ? { kind: 'good' as const } : t.state === 'missed' || t.walked < t.stops.length ? { kind: 'bad' as const } : {})}>{!['waiting', 'doing'].includes(t.state) ? said('state', t.state) : t.walked >= t.stops.length ? '已做完' : '漏检'}</Tag>) : t.walked > 0 ? <Tag kind="busy">进行中</Tag> : null
  return <RowLink to={`/rounds/${t.task_id}`} title={<span className="ph-strong">{t.name}</span>} under={<>{span(t)} · {t.kind_name}<br />{t.community_name}</>} side={<span className="ph-num">{t.walked}/{t.stops.length}<span style={{ display: 'block' }}>{mark}</span></span>} />
}
/** Problems that wait to be put right at one's places; needs the network to be counted. */
function ToMend() {
  const open = useRead(rounds.findings, { state: 'open', way: 'deadline', page_size: 1 }, { stale_ms: 60_000 })
  return open.data && open.data.total > 0 ? <div className="ph-list"><RowLink icon="tool" title={<span className="ph-line">待整改{open.data.counts.late > 0 ? <Tag kind="bad">超期 {open.data.counts.late}</Tag> : null}</span>} side={<span className="st-count ph-num">{open.data.total}</span>} to="/rounds/findings" /></div> : null
}
