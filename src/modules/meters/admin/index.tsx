import type { AdminModule } from '../../../ui/module.ts'

export const metersAdmin: AdminModule = {
  menu: [
    { group: '抄表管理', label: '抄表', path: '/meters/readings', needs: 'meters.reading.read' },
    { group: '抄表管理', label: '抄表进度', path: '/meters/rounds', needs: 'meters.reading.read' },
    { group: '抄表管理', label: '存疑读数', path: '/meters/suspects', needs: 'meters.reading.read' },
    { group: '抄表管理', label: '表计', path: '/meters/meters', needs: 'meters.meter.read' },
    { group: '抄表管理', label: '总分表平衡', path: '/meters/balance', needs: 'meters.reading.read' },
    { group: '抄表管理', label: '公摊', path: '/meters/shares', needs: 'meters.share.read' },
    { group: '抄表管理', label: '核查规则', path: '/meters/rules', needs: 'meters.reading.read' },
  ],
  routes: [
    { path: '/meters/readings', title: '抄表', needs: 'meters.reading.read', page: () => import('./ReadingsPage.tsx'), help: ['选楼栋后在「本次读数」里直接输入,回车或方向键到下一块表,最后点「保存」。', '表盘走满归零时勾选「过零」;分时表要填齐各计度器。', '勾选没有抄到的表可以「估抄」;下次实抄时差额自动结清。', '存疑的读数不出账,须由抄表人以外的人放行。', '成批录入可用「数据导入」。'] },
    { path: '/meters/rounds', title: '抄表进度', needs: 'meters.reading.read', page: () => import('./RoundsPage.tsx'), help: ['每个数字点开是对应的表。'] },
    { path: '/meters/suspects', title: '存疑读数', needs: 'meters.reading.read', page: () => import('./SuspectsPage.tsx'), help: ['核实后由另一人放行;看错的读数请更正。', '「用量提示」只供查看,不影响出账。'] },
    { path: '/meters/meters', title: '表计', needs: 'meters.meter.read', page: () => import('./MetersPage.tsx'), help: ['户表属于一套房产;总表、公用表有自己的名称,可挂分表。', '换表时旧表止数和新表起数一起登记,用量不会断。'] },
    { path: '/meters/meters/$meter_id', title: '表计档案', needs: 'meters.meter.read', page: () => import('./MeterPage.tsx'), help: ['换表后新旧表在同一份档案里,用量连续。'] },
    { path: '/meters/balance', title: '总分表平衡', needs: 'meters.reading.read', page: () => import('./BalancePage.tsx'), help: ['总表用量减分表合计为差额(公共用量与损耗);超过上限或为负时标红。', '读数不全时不下结论,先补抄或放行。', '上限在「核查规则」里按小区和表种设定。'] },
    { path: '/meters/balance/$point_id', title: '总表与分表', needs: 'meters.reading.read', page: () => import('./BalanceOfPage.tsx'), help: ['下级也是总表的分表可以继续点开。'] },
    { path: '/meters/shares', title: '公摊', needs: 'meters.share.read', page: () => import('./SharesPage.tsx'), help: ['先建公摊组并发布规则,再按月试算,核对后由另一人出账。', '「全部试算」一次算完按单价分摊的组;不能算的会写明原因。'] },
    { path: '/meters/shares/$group_id', title: '公摊组', needs: 'meters.share.read', page: () => import('./ShareGroupPage.tsx'), help: ['规则按生效日分版本,已出的账不受影响。', '单独设定的户:系数为 0 不参加;按权重分摊时只有设定了的户参加。'] },
    { path: '/meters/splits/$split_id', title: '公摊详情', needs: 'meters.share.read', page: () => import('./SplitPage.tsx'), help: ['各户之和等于总额,到分不差。', '出账须由制单人以外的人;有人缴费前可以整批作废后重算。', '「打印公示」只有房号,没有姓名。'] },
    { path: '/meters/rules', title: '核查规则', needs: 'meters.reading.read', page: () => import('./CheckRulesPage.tsx'), help: ['规则按生效日分版本,小区的规则先于全公司的规则。'] },
  ],
}
