import { Button } from 'antd-mobile'
import { instant } from '../../../ui/format.ts'
import { RowLink } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { useGrowing } from '../../../ui/phone/pages.ts'
import { go } from '../../../ui/phone/router.tsx'
import { Bones, Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { care } from '../contract.ts'
import { StateMark } from '../parts.tsx'
import { said } from '../shown.ts'

export function CarePage() {
  const list = useGrowing(care.myComplaints, {})
  return (
    <Page title="投诉建议" back="/" foot={<Button className="ph-big" block color="primary" onClick={() => go('/care/new')}>我要反映</Button>}>
      <div className="ph-list"><RowLink icon="key" title="匿名查询" under="凭提交时的查询码查看和补充" to="/care/unnamed" /></div>
      <Loaded reading={list}>
        {({ rows }) =>
          rows.length === 0 ? <StateBlock icon="mail" title="还没有投诉建议" text="对物业服务不满意、有建议,或想表扬谁,点下面的按钮告诉我们" /> : (
            <>
              <ul className="ph-list">
                {rows.map((o) => <li key={o.complaint_id}><RowLink to={`/care/${o.complaint_id}`} title={<span className="ph-strong">{said('nature', o.nature)} · {o.kind}</span>} under={<>{o.words}<br />{instant(o.created_at)}</>} side={<StateMark state={o.state} />} /></li>)}
              </ul>
              {list.loadingMore ? <Bones rows={1} /> : list.more ? <Button className="ph-big" block onClick={list.loadMore}>查看更早的</Button> : null}
            </>
          )
        }
      </Loaded>
    </Page>
  )
}
