import { Button } from 'antd-mobile'
import { instant } from '../../../ui/format.ts'
import { RowLink, Tag } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { useGrowing } from '../../../ui/phone/pages.ts'
import { go } from '../../../ui/phone/router.tsx'
import { Bones, Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { orders } from '../contract.ts'
import { StateMark } from '../parts.tsx'

export function OrdersPage() {
  const list = useGrowing(orders.myOrders, {})
  return (
    <Page title="报修" back="/" foot={<Button className="ph-big" block color="primary" onClick={() => go('/orders/new')}>我要报修</Button>}>
      <div className="ph-list"><RowLink icon="bill" title="有偿服务价目" to="/orders/prices" /></div>
      <Loaded reading={list}>
        {({ rows }) =>
          rows.length === 0 ? <StateBlock icon="tool" title="还没有报修" text="家里或公共区域有东西坏了,点下面的按钮告诉物业" /> : (
            <>
              <ul className="ph-list">
                {rows.map((o) => (
                  <li key={o.order_id}>
                    <RowLink to={`/orders/${o.order_id}`} title={<span className="ph-line"><span className="ph-strong">{o.category}</span>{o.urgent ? <Tag kind="bad">急修</Tag> : null}</span>} under={<>{o.place} · {o.words}<br />{instant(o.created_at)}</>} side={<StateMark state={o.state} />} />
                  </li>
                ))}
              </ul>
              {list.loadingMore ? <Bones rows={1} /> : list.more ? <Button className="ph-big" block onClick={list.loadMore}>查看更早的报修</Button> : null}
            </>
          )
        }
      </Loaded>
    </Page>
  )
}
