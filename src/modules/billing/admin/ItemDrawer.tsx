import { useMemo, useState } from 'react'
import { useRead, useWrite } from '../../../ui/api.ts'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { optionsOf } from '../../../ui/list.ts'
import { usePlace } from '../../../ui/session.ts'
import { words as meterWords } from '../../meters/words.ts'
import { words as propertyWords } from '../../property/words.ts'
import { tariff } from '../../tariff/contract.ts'
import { billing, type FeeItemRow } from '../contract.ts'
import { words } from '../words.ts'

const FORM_WORDS = {
  shape: words.states?.['pricing'] ?? {}, area_kind: words.states?.['area_kind'] ?? {}, meter_kind: meterWords.states?.['meter_kind'] ?? {}, applies: words.states?.['applies'] ?? {},
  fee_class: words.states?.['fee_class'] ?? {}, belongs_to: words.states?.['belongs_to'] ?? {}, cycle: words.states?.['cycle'] ?? {}, proration: words.states?.['proration'] ?? {},
}
const UNITS = ['元/㎡·月', '元/户·月', '元/个·月', '元/m³', '元/度', '元/㎡·季'].map((x) => ({ value: x, label: x }))

const UNIT_OF: Record<string, string> = { area: '元/㎡', fixed: '元/户', quantity: '元/个' }
const METER_UNIT: Record<string, string> = { electricity: '元/度', heat: '元/kWh' }
const ACCOUNT_OF: Record<string, string> = { service: '6001', company: '6001', public_income: '600101', trust: '224102' }
/** Prices are per month, also where three months are billed at once; of a season they are for the whole of it. */
function unitOf(v: Record<string, unknown>): string | undefined {
  if (v['shape'] === 'meter') return METER_UNIT[String(v['meter_kind'])] ?? '元/m³'
  const of = UNIT_OF[String(v['shape'])]
  return of && `${of}·${v['cycle'] === 'season' ? '季' : '月'}`
}
/** The unit follows the way of pricing, the account whose money it is; both may be changed again. */
function follows(changed: Record<string, unknown>, v: Record<string, unknown>): Record<string, unknown> | undefined {
  const unit = ['shape', 'meter_kind', 'cycle'].some((k) => k in changed) ? unitOf(v) : undefined
  const account = 'belongs_to' in changed ? ACCOUNT_OF[String(v['belongs_to'])] : undefined
  return unit || account ? { ...(unit ? { unit_name: unit } : {}), ...(account ? { account_code: account } : {}) } : undefined
}

/** The components of a version, to choose one. A tariff written without a list has one, named by its shape. */
function componentsOf(spec: Record<string, unknown> | undefined): { value: string; label: string }[] {
  if (!spec) return []
  const codes: Record<string, string> = { charge: 'fee', metered: 'usage', parking: 'parking', late_fee: 'late_fee', formula: 'formula' }
  const list = Array.isArray(spec['components']) ? (spec['components'] as Record<string, unknown>[]) : [{ code: codes[String(spec['shape'])], name: spec['name'] }]
  return list.map((c, i) => ({ value: String(c['code'] ?? `${codes[String(c['shape'])]}_${i + 1}`), label: `${String(c['name'] ?? '费项')}(${String(c['code'] ?? '')})` }))
}

/** A new item, or one that is there; what decides amounts is closed once bills stand on it. */
export function ItemDrawer({ item, close, done }: { item?: FeeItemRow; close: () => void; done?: (fee_item_id: string) => void }) {
  const { place_id, places } = usePlace()
  const save = useWrite(billing.saveFeeItem, { in_form: true, done: '已保存' })
  const tariffs = useRead(tariff.tariffs, {}, { enabled: true })
  const [tariff_id, setTariff] = useState(item?.tariff_id ?? undefined)
  const chosen = useRead(tariff.tariff, { tariff_id: tariff_id ?? '' }, { enabled: tariff_id !== undefined })
  const components = useMemo(() => componentsOf(chosen.data?.versions[0]?.spec), [chosen.data])
  const fixed = item !== undefined && item.can.calculate !== true
  return (
    <FormDrawer
      open onClose={close} title={item ? `修改收费项目:${item.name}` : '新增收费项目'} call={billing.saveFeeItem} loading={save.running} submitError={save.error} columns={2} words={FORM_WORDS}
      note={fixed ? <p className="hy-muted">已出过账:计价方式、口径、周期和算法不能再改。需要改变请停用本项目并另建。</p> : null}
      fields={[
        { name: 'community_id', label: '小区', kind: 'select', options: places.map((p) => ({ value: p.id, label: p.name })), disabled: item !== undefined },
        'name',
        { name: 'shape', kind: 'select', disabled: fixed },
        { name: 'area_kind', kind: 'select', disabled: fixed, when: (v) => v['shape'] === 'area' },
        { name: 'meter_kind', label: '表种', kind: 'select', disabled: fixed, when: (v) => v['shape'] === 'meter' },
        { name: 'tariff_id', label: '价目', kind: 'select', options: (tariffs.data?.rows ?? []).filter((r) => r.from_on !== null || r.next_on !== null).map((r) => ({ value: r.tariff_id, label: `${r.community_name} ${r.name}` })), disabled: fixed, when: (v) => { const id = (v['tariff_id'] as string | null | undefined) ?? undefined; if (id !== tariff_id) queueMicrotask(() => setTariff(id)); return v['shape'] === 'tariff' }, help: '在「价格工坊」里编制并发布' },
        { name: 'component', label: '费项', kind: 'select', options: components, disabled: fixed, when: (v) => v['shape'] === 'tariff', help: '一个收费项目对应价目的一个费项,各自记账' },
        { name: 'unit_name', kind: 'suggest', options: UNITS },
        { name: 'house_kinds', kind: 'many', options: optionsOf(propertyWords.states?.['house_kind']), disabled: fixed },
        { name: 'cycle', kind: 'select', disabled: fixed },
        { name: 'season_from', placeholder: '如 11-15', disabled: fixed, when: (v) => v['cycle'] === 'season' },
        { name: 'season_to', placeholder: '如 03-15', disabled: fixed, when: (v) => v['cycle'] === 'season' },
        { name: 'code', help: item ? undefined : '留空时用名称的拼音首字母', disabled: item !== undefined, more: true },
        { name: 'applies', kind: 'select', disabled: fixed, more: true },
        { name: 'fee_class', kind: 'select', disabled: fixed, help: '使用类在租约写明由租户承担时向租户收', more: true },
        { name: 'proration', kind: 'select', disabled: fixed, more: true },
        { name: 'bill_unsold', disabled: fixed, more: true },
        { name: 'due_days', more: true }, { name: 'sort_no', more: true },
        { name: 'belongs_to', kind: 'select', disabled: fixed, help: '决定记入哪本账簿:代收的水电热费选「代收代管」,公共车位、广告选「公共收益」' },
        { name: 'account_code', disabled: fixed, help: '公司 6001、6051;公共收益 600101 车位、600102 广告;代收 224102', more: true },
      ]}
      initial={
        item
          ? { ...item }
          : { community_id: place_id ?? places[0]?.id ?? '', name: '', shape: 'area', area_kind: 'built', meter_kind: null, tariff_id: null, component: null, unit_name: '元/㎡·月', house_kinds: ['dwelling'], applies: 'all', fee_class: 'property', cycle: 'month', season_from: null, season_to: null, proration: 'real_days', bill_unsold: true, due_days: 30, belongs_to: 'service', account_code: '6001', sort_no: 0 }
      }
      follows={fixed ? undefined : follows}
      {...(item ? { fixed: { fee_item_id: item.fee_item_id } } : {})}
      onSubmit={async (input) => {
        // What the shape does not use is cleared, not left over from another choice.
        const v = input as Record<string, unknown>
        const clean = { area_kind: null, meter_kind: null, season_from: null, season_to: null, ...v, ...(v['shape'] === 'area' ? {} : { area_kind: null }), ...(v['shape'] === 'meter' ? {} : { meter_kind: null }), ...(v['shape'] === 'tariff' ? {} : { tariff_id: null, component: null }), ...(v['cycle'] === 'season' ? {} : { season_from: null, season_to: null }) }
        const saved = await save.run(clean as typeof input)
        if (!saved) return
        done?.(saved.fee_item_id)
        close()
      }}
    />
  )
}
