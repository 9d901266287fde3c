// The front door of property: answers, and what other modules may call.
import type { Module } from '../../../kernel/app.ts'
import { property } from '../contract.ts'
import { words } from '../words.ts'
import { publicAreas, publicAreasExcel, removePublicArea, savePublicArea } from './areas.ts'
import { communities, removeBuilding, saveBuilding, saveCommunity, saveZone, tree } from './communities.ts'
import { stewardAnswers } from './stewards.ts'
import { houseHistory, houseReads, saveHouse, setHouseState, type PropertyHooks } from './houses.ts'

export { buildingToRead, communitiesSeenBy, communityToChange, covers, houseToChange, houseToRead, housesSeenBy, housesToChange } from './access.ts'
export { BATCH_MAX, checkHouses, createHouses, findHouses, undoHouses, type Effect, type HouseChecked, type HouseDone, type HouseFound, type HouseIn, type HouseUndo } from './bulk.ts'
export { housesLike, setDelivered, type PropertyHooks } from './houses.ts'
export { buildLabel, floorOf, houseSearch, isNumber, normaliseNo, normaliseRoom, parseHouseText, type HouseSearch, type HouseText } from './rules/label.ts'

export { buildingsOnPlan, planAnswer, planFilter, type PlanAnswer, type PlanAsk, type PlanSubject } from './on_plan.ts'
export { NO_STEWARD, inChargeOf, stewardOn } from './stewards.ts'

export function propertyModule(hooks: PropertyHooks): Module {
  return {
    name: 'property',
    contract: property,
    words,
    answers: [
      communities, saveCommunity, tree, saveZone, saveBuilding, removeBuilding, ...houseReads(hooks), saveHouse, setHouseState, houseHistory,
      publicAreas, savePublicArea, removePublicArea, publicAreasExcel, ...stewardAnswers,
    ],
  }
}
