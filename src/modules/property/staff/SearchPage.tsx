import { useDeferredValue, useEffect, useRef, useState, type ReactNode } from 'react'
import { useRead } from '../../../ui/api.ts'
import { RowLink } from '../../../ui/phone/bits.tsx'
import { Icon, type IconName } from '../../../ui/phone/icons.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { useQuerySetter, useQueryText } from '../../../ui/phone/router.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { analytics } from '../../analytics/contract.ts'

const ICONS: Record<string, IconName> = { house: 'house', person: 'people', vehicle: 'car', bill: 'bill', receipt: 'bill' }
const WAIT_MS = 250

/** 查房: one box, one answer. What was looked for stays in the address, so that coming back shows it again. */
export function SearchPage({ tabs }: { tabs: ReactNode }) {
  const asked = useQueryText('q') ?? ''
  const set = useQuerySetter()
  const [typed, setTyped] = useState(asked)
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    const timer = setTimeout(() => set('q', typed.trim() || undefined), WAIT_MS)
    return () => clearTimeout(timer)
  }, [typed, set])
  const q = useDeferredValue(asked.trim())
  const found = useRead(analytics.search, { q, limit: 20 }, { enabled: q.length > 0, keep: true })
  return (
    <Page title="查房" tabs={tabs}>
      <form role="search" className="st-search" onSubmit={(e) => { e.preventDefault(); set('q', typed.trim() || undefined); input.current?.blur() }}>
        <Icon name="search" />
        <input ref={input} className="ph-input" type="search" aria-label="查找房屋" autoComplete="off" enterKeyHint="search" maxLength={40} placeholder="房号、姓名、手机末四位、车牌" value={typed} onChange={(e) => setTyped(e.target.value)} />
      </form>
      {q === '' ? (
        <StateBlock icon="search" title="查找房屋" text="可输入 1-2-301、1栋301、姓名、拼音首字母、手机末四位、车牌或收据号" />
      ) : (
        <Loaded reading={found}>
          {({ rows }) => {
            const shown = rows.filter((r) => r.house_id !== null)
            return (
              <>
                <p className="ph-unseen" role="status">找到 {shown.length} 条</p>
                {shown.length === 0 ? <StateBlock icon="empty" title="没有找到" text="换一种写法试试,或确认该房屋在您负责的范围内" /> : <ul className="ph-list">{shown.map((r) => <li key={`${r.kind} ${r.id}`}><RowLink to={`/houses/${r.house_id}`} icon={ICONS[r.kind] ?? 'house'} title={<span className="ph-strong">{r.title}</span>} under={r.detail} /></li>)}</ul>}
              </>
            )
          }}
        </Loaded>
      )}
    </Page>
  )
}
