import { Button, Tag } from 'antd'
import { useState } from 'react'
import { Go, useParam } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import { confirm } from '../../../ui/feedback.tsx'
import { instant } from '../../../ui/format.ts'
import { useList } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { DetailPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { today } from '../../../kernel/clock.ts'
import { words as propertyWords } from '../../property/words.ts'
import { meters, type ShareRuleRow } from '../contract.ts'
import { words } from '../words.ts'
import { DraftDrawer, MemberDrawer, RuleDrawer, SPLIT_TONES } from './ShareForms.tsx'
import { GroupDrawer } from './SharesPage.tsx'
import { say, short } from './shared.tsx'

const floorsText = (r: ShareRuleRow): string => (r.floors.length === 0 ? '各层相同' : r.floors.slice(0, 6).map((b) => `${b.from_floor === b.to_floor ? b.from_floor : `${b.from_floor}–${b.to_floor}`}层 ${b.coefficient}`).join(',') + (r.floors.length > 6 ? ' …' : ''))

export default function ShareGroupPage() {
  const group_id = useParam('group_id')
  const file = useRead(meters.shareGroup, { group_id })
  const off = useWrite(meters.setShareGroupDisabled, { done: '已保存' })
  const [act, setAct] = useState<'write' | 'rule' | 'draft'>()
  const g = file.data
  const close = () => setAct(undefined)
  const now = g?.rules.find((r) => r.from_on <= today())
  const toggle = async () => {
    if (g && (g.disabled || (await confirm({ title: `停用公摊组「${g.name}」?`, content: '停用后不再参加成批试算,已出的账单不受影响。', ok: '停用', danger: true })))) await off.run({ group_id, disabled: !g.disabled })
  }
  return (
    <>
      <DetailPage
        title={g?.name ?? '公摊组'} loading={file.loading} error={file.error} retry={file.retry} back="/meters/shares?show=groups"
        tags={g?.disabled ? <Tag>已停用</Tag> : null}
        actions={g ? <><CanButton can={g.can.write} words={words} onClick={() => setAct('write')}>修改</CanButton><CanButton can={g.can.write} words={words} loading={off.running} onClick={() => void toggle()}>{g.disabled ? '启用' : '停用'}</CanButton><CanButton can={g.can.write} words={words} onClick={() => setAct('rule')}>新的规则版本</CanButton><CanButton type="primary" can={g.can.split} words={words} onClick={() => setAct('draft')}>公摊试算</CanButton></> : null}
        facts={g ? [['小区', g.community_name], ['种类', say('share_kind', g.kind)], ['范围', g.place_name], ['房产类别', g.house_kinds.map((k) => propertyWords.states?.['house_kind']?.[k] ?? k).join('、')], ['现有户数', `${g.house_count} 户`], ['单独设定的户', `${g.member_count} 户`], ['现行规则', now ? `${say('share_method', now.method)},${now.source === 'price' ? `${short(now.unit_price)} 元` : '供应商账单'}` : '还没有规则']] : []}
        tabs={g ? [
          { key: 'rules', label: '规则版本', badge: g.rules.length || undefined, children: () => <Rules rules={g.rules} /> },
          { key: 'members', label: '单独设定的户', badge: g.member_count || undefined, children: () => <MembersTab group_id={group_id} name={g.name} weight={now?.method === 'weight'} can={g.can.write} /> },
          { key: 'splits', label: '各期分摊', children: () => <SplitsTab group_id={group_id} /> },
        ] : []}
      />
      {g && act === 'write' ? <GroupDrawer g={g} close={close} done={close} /> : null}
      {g && act === 'rule' ? <RuleDrawer g={g} rule={g.rules[0]} close={close} /> : null}
      {g && act === 'draft' ? <DraftDrawer group_id={group_id} name={g.name} source={now?.source ?? 'price'} close={close} /> : null}
    </>
  )
}

function Rules({ rules }: { rules: readonly ShareRuleRow[] }) {
  return (
    <RowsTable
      label="规则版本" rows={rules} row_key="rule_id" empty="还没有规则,请先发布一个规则版本"
      columns={[
        { key: 'from_on', title: '生效日', width: 105 }, { key: 'method', title: '方法', width: 150, show: (r) => `${say('share_method', r.method)}${r.area_kind ? `(${say('area_kind', r.area_kind)})` : ''}${r.usage_kind ? `(${say('meter_kind', r.usage_kind)})` : ''}` },
        { key: 'source', title: '金额', width: 120, show: (r) => (r.source === 'price' ? `${short(r.unit_price)} 元` : say('share_source', r.source)) }, { key: 'sources', title: '公摊用量来自', width: 230, show: (r) => r.sources.map((s) => `${s.take === 'usage' ? '' : `${say('share_take', s.take).slice(0, 4)} `}${s.name}`).join(';') || '—' },
        { key: 'floors', title: '楼层系数', width: 200, show: floorsText }, { key: 'percent', title: '空置 / 未售', width: 110, show: (r) => `${r.vacant_percent}% / ${r.unsold_percent}%` }, { key: 'basis', title: '依据', width: 170 }, { key: 'created_by_name', title: '录入人', width: 90 }, { key: 'created_at', title: '录入时间', width: 150, show: (r) => instant(r.created_at) },
      ]}
    />
  )
}

function MembersTab({ group_id, name, weight, can }: { group_id: string; name: string; weight: boolean; can: true | string }) {
  const list = useList(meters.shareMembers, { fixed: { group_id } })
  const end = useWrite(meters.endShareMember, { done: '已结束' })
  const [open, setOpen] = useState(false)
  return (
    <>
      <ListPage
        {...list} inside title="单独设定的户" name="meters.members" row_key="house_id" actions={<CanButton can={can} words={words} type="primary" onClick={() => setOpen(true)}>设定户的{weight ? '权重' : '系数'}</CanButton>} empty={{ text: weight ? '还没有设定权重的户' : '没有单独设定的户,都按规则分摊' }}
        columns={[
          { key: 'house_label', title: '房号', width: 130, always: true, show: (r) => <Go to={`/property/houses/${r.house_id}`}>{r.house_label}</Go> }, { key: 'building_name', title: '楼栋', width: 100 }, { key: 'floor_no', title: '层', width: 60 }, { key: 'coefficient', title: weight ? '权重' : '系数', width: 90, align: 'right' }, { key: 'from_on', title: '起(含)', width: 110 }, { key: 'to_on', title: '止(不含)', width: 110, show: (r) => r.to_on ?? '至今' }, { key: 'note', title: '说明', width: 160 },
          { key: 'act', title: '操作', width: 90, show: (r) => (r.to_on === null && can === true ? <Button size="small" type="link" loading={end.running} onClick={() => void end.run({ group_id, house_id: r.house_id, to_on: today() }, r.house_id)}>今日结束</Button> : '—') },
        ]}
      />
      {open ? <MemberDrawer g={{ group_id, name }} weight={weight} close={() => setOpen(false)} /> : null}
    </>
  )
}

function SplitsTab({ group_id }: { group_id: string }) {
  const list = useList(meters.shareSplits, { fixed: { group_id } })
  return (
    <ListPage
      {...list} inside title="各期分摊" name="meters.group_splits" row_key="split_id" href={(r) => `/meters/splits/${r.split_id}`} empty={{ text: '还没有分摊' }}
      columns={[{ key: 'period', title: '账期', width: 90, always: true }, { key: 'quantity', title: '公摊用量', width: 110, align: 'right', show: (r) => short(r.quantity) }, { key: 'unit_price', title: '单价', width: 90, align: 'right', show: (r) => (r.unit_price ? short(r.unit_price) : '账单') }, { key: 'total_fen', title: '总额', width: 120 }, { key: 'house_count', title: '户数', width: 80 }, { key: 'state', title: '状态', width: 100, show: (r) => <StateTag value={r.state} words={words.states?.['split']} tones={SPLIT_TONES} /> }, { key: 'created_by_name', title: '制单人', width: 100 }, { key: 'published_by_name', title: '发布人', width: 100 }]}
    />
  )
}
