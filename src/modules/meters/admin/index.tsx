import type { AdminModule } from '../../../ui/module.ts'

export const metersAdmin: AdminModule = {
  menu: [
    { group: '抄表管理', label: '抄表', path: '/meters/readings', needs: 'meters.reading.read' },
    { group: '抄表管理', label: '抄表进度', path: '/meters/rounds', needs: 'meters.reading.read' },
    { group: '抄表管理', label: '存疑读数', path: '/meters/suspects', needs: 'meters.reading.read' },
    { group: '抄表管理', label: '表计', path: '/meters/meters', needs: 'meters.meter.read' },
    { group: '抄表管理', label: '核查规则', path: '/meters/rules', needs: 'meters.reading.read' },
  ],
  routes: [
    { path: '/meters/readings', title: '抄表', needs: 'meters.reading.read', page: () => import('./ReadingsPage.tsx'), help: ['选楼栋后在「本次读数」里直接输入,回车或方向键到下一块表,最后点「保存」。', '表盘走满归零时勾选「过零」;分时表要填齐各计度器。', '勾选没有抄到的表可以「估抄」;下次实抄时差额自动结清。', '存疑的读数不出账,须由抄表人以外的人放行。', '成批录入可用「数据导入」。'] },
    { path: '/meters/rounds', title: '抄表进度', needs: 'meters.reading.read', page: () => import('./RoundsPage.tsx'), help: ['每个数字点开是对应的表。'] },
    { path: '/meters/suspects', title: '存疑读数', needs: 'meters.reading.read', page: () => import('./SuspectsPage.tsx'), help: ['核实后由另一人放行;看错的读数请更正。', '「用量提示」只供查看,不影响出账。'] },
    { path: '/meters/meters', title: '表计', needs: 'meters.meter.read', page: () => import('./MetersPage.tsx'), help: ['户表属于一套房产;总表、公用表有自己的名称,可挂分表。', '换表时旧表止数和新表起数一起登记,用量不会断。'] },
    { path: '/meters/meters/$meter_id', title: '表计档案', needs: 'meters.meter.read', page: () => import('./MeterPage.tsx'), help: ['换表后新旧表在同一份档案里,用量连续。'] },
    { path: '/meters/rules', title: '核查规则', needs: 'meters.reading.read', page: () => import('./CheckRulesPage.tsx'), help: ['规则按生效日分版本,小区的规则先于全公司的规则。'] },
  ],
}
