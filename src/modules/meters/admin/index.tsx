import type { AdminModule } from '../../../ui/module.ts'

export const metersAdmin: AdminModule = {
  menu: [
    { group: '抄表管理', label: '抄表', path: '/meters/readings', needs: 'meters.reading.read' },
    { group: '抄表管理', label: '表计', path: '/meters/meters', needs: 'meters.meter.read' },
  ],
  routes: [
    { path: '/meters/readings', title: '抄表', needs: 'meters.reading.read', page: () => import('./ReadingsPage.tsx'), help: ['在「本次读数」里直接输入,回车到下一块表,最后点「保存」。', '用量超过平均 3 倍会标为存疑,核实确认后才出账。', '成批录入可用「数据导入」。'] },
    { path: '/meters/meters', title: '表计', needs: 'meters.meter.read', page: () => import('./MetersPage.tsx'), help: ['换表时旧表止数和新表起数一起登记,用量不会断。'] },
  ],
}
