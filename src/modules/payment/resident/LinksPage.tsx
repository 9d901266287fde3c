// The links that this resident made for others to pay by.
import { Button } from 'antd-mobile'
import { useRead, useWrite } from '../../../ui/api.ts'
import { instant } from '../../../ui/format.ts'
import { Money, Tag } from '../../../ui/phone/bits.tsx'
import { confirm } from '../../../ui/phone/confirm.ts'
import { Page } from '../../../ui/phone/Page.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { payment } from '../contract.ts'
import { words } from '../words.ts'

const TONE = { open: 'busy', paid: 'good', expired: 'warn', revoked: 'warn' } as const

export function LinksPage() {
  const links = useRead(payment.myLinks, {}, { stale_ms: 0 })
  const revoke = useWrite(payment.revokeLink)
  const end = async (link_id: string): Promise<void> => {
    if (await confirm({ title: '作废这个链接?', text: '作废后对方不能再用它缴费。', yes: '作废' })) await revoke.run({ link_id }, link_id)
  }
  return (
    <Page title="代缴链接" back="/pay">
      <Loaded reading={links}>
        {({ rows }) =>
          rows.length === 0 ? (
            <StateBlock icon="info" title="还没有代缴链接" text="在缴费页勾选账单后,点「请家人代缴」生成" />
          ) : (
            <ul className="ph-list">
              {rows.map((l) => (
                <li key={l.link_id} className="ph-row">
                  <span className="ph-row-body">
                    <span className="ph-between"><span className="ph-strong">{l.house_label}</span><Money className="ph-strong" fen={l.amount_fen} /></span>
                    <span className="ph-weak ph-small" style={{ display: 'block' }}>{l.bill_count} 笔 · {instant(l.created_at)} 生成 · 打开 {l.opened_count} 次</span>
                    <span className="ph-weak ph-small" style={{ display: 'block' }}>有效至 {instant(l.expires_at)} <Tag kind={TONE[l.state]}>{words.states?.['link']?.[l.state] ?? l.state}</Tag></span>
                  </span>
                  {l.state === 'open' ? <span className="ph-row-side"><Button size="small" loading={revoke.running} onClick={() => void end(l.link_id)}>作废</Button></span> : null}
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Page>
  )
}
