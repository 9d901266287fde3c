// 门禁黑名单 at the guard's desk: whom the doors do not open for, and why.
import { useRead } from '../../../ui/api.ts'
import { Facts, Tag } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { doors } from '../contract.ts'
import { said } from '../shown.ts'

const AT_MOST = 100
export function BarredPage() {
  const list = useRead(doors.doorsBarred, { state: 'on', page_size: AT_MOST }, { stale_ms: 0 })
  return (
    <Page title="门禁黑名单" back="/">
      <Loaded reading={list}>
        {(d) => (d.rows.length === 0 ? <StateBlock icon="info" title="现在没有被限制的人" text="由保安队长提出、另一位批准后显示在这里" /> : d.rows.map((r) => (
          <section key={r.barred_id} className="ph-card ph-section" aria-label={r.holder_name}>
            <div className="ph-between"><h3>{r.holder_name}</h3><Tag kind="bad">{said('bar_reason', r.reason)}</Tag></div>
            <Facts rows={[['限制的门', r.group_name ?? '全部门'], r.houses ? ['房号', r.houses] : null, r.cards ? ['卡尾号', r.cards] : null, ['经过', r.detail], ['期限', `${r.from_on} 至 ${r.to_on}`]]} />
            {r.left_doors > 0 ? <p className="ph-red">还有 {r.left_doors} 台控制器没有收到,请留意</p> : null}
          </section>
        )))}
      </Loaded>
    </Page>
  )
}
