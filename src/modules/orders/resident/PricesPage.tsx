// 有偿服务价目: shown beforehand to whoever asks for it.
import { useRead } from '../../../ui/api.ts'
import { Page } from '../../../ui/phone/Page.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { orders } from '../contract.ts'
import { words } from '../words.ts'

export function PricesPage() {
  const items = useRead(orders.serviceItems, {}, { stale_ms: 300_000 })
  return (
    <Page title="有偿服务价目" back="/orders">
      <Loaded reading={items}>
        {({ rows }) => (rows.every((i) => !i.price) ? <StateBlock icon="tool" title="物业还没有公布价目" text="收费的维修会先报价,您签字同意后才动手" /> : (
          <>
            <p className="ph-weak">收费的维修先报价,您签字同意后才动手,完工后出账。</p>
            {(['labour', 'material'] as const).map((kind) => <section key={kind} className="ph-card"><h2>{words.states!['service_kind']![kind]}</h2><ul className="ph-list">{rows.filter((i) => i.kind === kind && i.price).map((i) => <li key={i.item_id} className="ph-row"><span className="ph-row-body">{i.name}{i.note ? <span className="ph-weak ph-small" style={{ display: 'block' }}>{i.note}</span> : null}</span><span className="ph-row-side ph-num">{i.price!.unit_price} 元/{i.unit}</span></li>)}</ul></section>)}
          </>
        ))}
      </Loaded>
    </Page>
  )
}
