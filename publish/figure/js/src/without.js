// Stands in for the parts of Plot that are left out (build.mjs): map
// projections, Plot's own legends, pointing and tips.

const nothing = () => undefined;

export const createProjection = nothing;
export const hasProjection = () => false;
export const xyProjection = nothing;
export const project = nothing;
export const getGeometryChannels = () => [];
export const createLegends = () => [];
export const exposeLegends = () => nothing;
export const pointer = nothing;
export const pointerX = nothing;
export const pointerY = nothing;
export const tip = nothing;
export const applyPosition = nothing;
export const projectionAspectRatio = nothing;
export const Tip = nothing;
export const legend = nothing;
